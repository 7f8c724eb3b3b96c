import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { parseAriAddress, type AriAddress } from '../../../../src/adapters/asterisk/ari/address.js';

export interface RestRequest {
  readonly type: 'RESTRequest';
  readonly request_id: string;
  readonly method: string;
  readonly uri: string;
  readonly content_type?: string;
  readonly message_body?: string;
}

/** The websocket of ARI: accepts connections and requests, and answers as the test tells it. */
export class FakeAri {
  /** Connection attempts so far, including refused ones. */
  attempts = 0;
  readonly requests: RestRequest[] = [];
  /** Path and Authorization header of each connection. */
  readonly seen: { readonly url: string; readonly authorization: string }[] = [];
  refuses = false;
  #sockets: WebSocket[] = [];
  /** The connection that each request came over. */
  readonly #cameOver = new WeakMap<RestRequest, WebSocket>();

  private constructor(private readonly server: WebSocketServer) {
    server.on('connection', (socket, request) => {
      this.#sockets.push(socket);
      this.seen.push({ url: request.url ?? '', authorization: request.headers.authorization ?? '' });
      socket.on('close', () => (this.#sockets = this.#sockets.filter((one) => one !== socket)));
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as RestRequest;
        this.#cameOver.set(message, socket);
        this.requests.push(message);
      });
    });
  }

  /** @param options `deaf`: answers no ping, like a machine without network */
  static async start(options: { deaf?: boolean } = {}): Promise<FakeAri> {
    const door = { opens: (): boolean => false };
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port: 0,
      autoPong: options.deaf !== true,
      verifyClient: () => door.opens(),
    });
    await once(server, 'listening');
    const ari = new FakeAri(server);
    door.opens = () => {
      ari.attempts++;
      return !ari.refuses;
    };
    return ari;
  }

  get address(): AriAddress {
    const { port } = this.server.address() as AddressInfo;
    return parseAriAddress(`http://ari:secret@127.0.0.1:${port}`);
  }

  /** Resolves when a ping has come in and its answer has arrived, proven by the answer to a second ping. */
  async pinged(): Promise<void> {
    for (const socket of this.#sockets) {
      await once(socket, 'ping');
      socket.ping();
      await once(socket, 'pong');
    }
  }

  get connected(): number {
    return this.#sockets.length;
  }

  /** Sends a message to every connection: a string unchanged, anything else as JSON. */
  send(message: unknown): void {
    for (const socket of this.#sockets) socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Answers over the connection of the request. */
  answer(request: RestRequest, status: number, body?: unknown): void {
    const message = {
      type: 'RESTResponse',
      request_id: request.request_id,
      status_code: status,
      reason_phrase: `status ${status}`,
      ...(body === undefined ? {} : { message_body: JSON.stringify(body) }),
    };
    this.#cameOver.get(request)?.send(JSON.stringify(message));
  }

  /** Cuts every connection without a closing handshake. */
  cut(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Resolves when something has happened in real time, on a socket, which no fake clock moves. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
