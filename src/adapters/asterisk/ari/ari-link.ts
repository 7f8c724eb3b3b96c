import WebSocket from 'ws';
import { deferred, type Deferred } from '../../../lib/deferred.js';
import type { Clock } from '../../../ports/clock.js';
import type { Log } from '../../../ports/log.js';
import type { AriAddress } from './address.js';
import { AriError } from './errors.js';
import { readEvent, type AriEvent } from './events.js';

export interface AriLinkOptions {
  readonly address: AriAddress;
  /** Name of the Stasis application. This link is its only owner. */
  readonly app: string;
  /**
   * Whether the application also receives the events of calls outside it, such as an originated call that is
   * still ringing.
   */
  readonly subscribeAll: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly onEvent: (event: AriEvent) => void;
  /** Called after each connect, when requests can be sent. */
  readonly onUp: () => void;
  readonly onDown: (reason: string) => void;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A request fails after this long without an answer. */
const REQUEST_MS = 5_000;
/** Interval between pings. The socket counts as dead when the pong has not come before the next ping. */
const PING_MS = 5_000;
const BACKOFF_MS = [100, 200, 500, 1_000, 2_000] as const;

/**
 * The connection to Asterisk for the calls of one Stasis application. Events and requests use the same
 * websocket (Asterisk documentation, "ARI REST over WebSocket"; 22.4 and later), which keeps them in order
 * and takes half the processor time of an HTTP request. The link always reconnects. When the socket is
 * lost, pending requests are rejected.
 */
export class AriLink {
  #socket: WebSocket | undefined;
  #up = false;
  #closed = false;
  #failures = 0;
  #nextRequest = 0;
  #cancelTimer = (): void => undefined;
  readonly #pending = new Map<string, { method: Method; reply: Deferred<unknown>; cancel: () => void }>();
  #whenUp = deferred<undefined>();

  constructor(private readonly options: AriLinkOptions) {}

  get up(): boolean {
    return this.#up;
  }

  /** Resolves when requests can be sent: at once, or after the next connect. */
  whenUp(): Promise<undefined> {
    return this.#up ? Promise.resolve(undefined) : this.#whenUp.promise;
  }

  open(): void {
    const { address, app, subscribeAll, log } = this.options;
    const socket = new WebSocket(`${address.websocketUrl}/ari/events?app=${app}&subscribeAll=${subscribeAll}`, {
      headers: { authorization: address.authorization },
      handshakeTimeout: REQUEST_MS,
    });
    this.#socket = socket;
    let alive = true;
    socket.on('open', () => {
      this.#up = true;
      this.#failures = 0;
      log.info('asterisk link is up', { app });
      this.#schedulePing(socket, () => {
        const answered = alive;
        alive = false;
        return answered;
      });
      this.options.onUp();
      this.#whenUp.resolve(undefined);
    });
    socket.on('pong', () => (alive = true));
    socket.on('message', (data: Buffer) => {
      alive = true;
      this.#receive(data);
    });
    socket.on('error', (error) => {
      log.debug('asterisk link error', { app, error: error.message });
    });
    socket.on('close', (code) => {
      this.#lost(socket, `the event connection closed (${code})`);
    });
  }

  /**
   * Sends a request. Resolves with the body of the answer to a GET, and with undefined for other methods.
   * Throws {@link AriError}. Asterisk carries out requests in the order in which they were sent.
   */
  async request<T = unknown>(
    method: Method,
    path: string,
    query: Readonly<Record<string, string | number | boolean>> = {},
    body?: unknown,
  ): Promise<T> {
    const socket = this.#socket;
    if (!this.#up || !socket) throw new AriError(0, 'Asterisk is not connected', { unsent: true });
    const id = String(++this.#nextRequest);
    const reply = deferred<unknown>();
    const cancel = this.options.clock.after(REQUEST_MS, () => {
      this.#pending.delete(id);
      reply.reject(new AriError(0, `Asterisk did not answer ${method} ${path} within ${REQUEST_MS} ms`));
    });
    this.#pending.set(id, { method, reply, cancel });
    socket.send(
      JSON.stringify({
        type: 'RESTRequest',
        request_id: id,
        method,
        uri: withQuery(path, query),
        ...(body === undefined ? {} : { content_type: 'application/json', message_body: JSON.stringify(body) }),
      }),
    );
    return (await reply.promise) as T;
  }

  close(): void {
    this.#closed = true;
    this.#cancelTimer();
    const socket = this.#socket;
    this.#socket = undefined;
    this.#rejectPending('the link to Asterisk was closed');
    this.#up = false;
    socket?.removeAllListeners('close');
    socket?.close();
    // A peer that does not complete the closing handshake must not keep the process alive.
    this.options.clock.after(500, () => socket?.terminate());
  }

  #receive(data: Buffer): void {
    let message: unknown;
    try {
      message = JSON.parse(data.toString());
    } catch {
      this.options.log.warn('asterisk sent a message that is not JSON');
      return;
    }
    if (isReply(message)) {
      this.#settle(message);
      return;
    }
    const event = readEvent(message);
    if (event) this.options.onEvent(event);
  }

  #settle(message: RestReply): void {
    const pending = this.#pending.get(message.request_id);
    if (!pending) return;
    this.#pending.delete(message.request_id);
    pending.cancel();
    if (message.status_code < 300) {
      // The answer to an originate request describes the whole call. Nothing reads it, so it is not parsed.
      pending.reply.resolve(pending.method === 'GET' ? bodyOf(message) : undefined);
    } else {
      pending.reply.reject(new AriError(message.status_code, errorText(message)));
    }
  }

  #schedulePing(socket: WebSocket, wasAlive: () => boolean): void {
    this.#cancelTimer = this.options.clock.after(PING_MS, () => {
      if (!wasAlive()) {
        socket.terminate();
        return;
      }
      socket.ping();
      this.#schedulePing(socket, wasAlive);
    });
  }

  #lost(socket: WebSocket, reason: string): void {
    if (this.#closed || this.#socket !== socket) return;
    this.#cancelTimer();
    const was = this.#up;
    this.#up = false;
    if (was) this.#whenUp = deferred();
    this.#rejectPending(reason);
    if (was) {
      this.options.log.warn('asterisk link is down', { app: this.options.app, reason });
      this.options.onDown(reason);
    }
    const wait = BACKOFF_MS[Math.min(this.#failures++, BACKOFF_MS.length - 1)] ?? 2_000;
    this.#cancelTimer = this.options.clock.after(wait, () => {
      this.open();
    });
  }

  #rejectPending(reason: string): void {
    for (const { reply, cancel } of this.#pending.values()) {
      cancel();
      reply.reject(new AriError(0, reason));
    }
    this.#pending.clear();
  }
}

interface RestReply {
  readonly type: 'RESTResponse';
  readonly request_id: string;
  readonly status_code: number;
  readonly reason_phrase?: string;
  readonly message_body?: string;
}

function isReply(message: unknown): message is RestReply {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'RESTResponse';
}

/** The body of the answer; undefined when it has none, or when the body is not JSON. */
function bodyOf(reply: RestReply): unknown {
  try {
    return reply.message_body ? JSON.parse(reply.message_body) : undefined;
  } catch {
    return undefined;
  }
}

function errorText(reply: RestReply): string {
  try {
    const body = JSON.parse(reply.message_body ?? '') as { message?: unknown; error?: unknown };
    const text = body.message ?? body.error;
    if (typeof text === 'string') return text;
  } catch {
    // The body is not JSON, so only the reason phrase is left.
  }
  return reply.reason_phrase ?? `status ${reply.status_code}`;
}

function withQuery(path: string, query: Readonly<Record<string, string | number | boolean>>): string {
  const entries = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`);
  return entries.length === 0 ? path : `${path}?${entries.join('&')}`;
}
