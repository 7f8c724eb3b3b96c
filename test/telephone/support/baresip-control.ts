import { connect, type Socket } from 'node:net';
import { eventually } from './eventually.js';

/** An event of baresip, such as `CALL_ESTABLISHED`. */
export interface BaresipEvent {
  readonly type: string;
  readonly param?: string;
  readonly peeruri?: string;
}

/** Commands to a baresip, and its events, over its module ctrl_tcp: JSON in netstrings over TCP. */
export interface BaresipControl {
  /** Runs a command of the menu. Resolves with its output. Rejects when baresip refuses the command. */
  command(name: string, params?: string): Promise<string>;
  /** The first event of this type that no test has taken yet. Rejects when none arrives in time. */
  event(type: string, withinMs?: number): Promise<BaresipEvent>;
  close(): void;
}

const HOST = '127.0.0.1';
const CONNECT_MS = 10_000;
const EVENT_MS = 10_000;

/** Connects as soon as baresip listens. Throws when baresip does not listen within ten seconds. */
export async function controlBaresip(port: number): Promise<BaresipControl> {
  const tryToConnect = (): Promise<Socket | undefined> =>
    new Promise((resolve) => {
      const socket = connect(port, HOST, () => resolve(socket));
      socket.once('error', () => resolve(undefined));
    });
  return new Control(await eventually(tryToConnect, CONNECT_MS, 'baresip listens for commands'));
}

class Control implements BaresipControl {
  #rest = Buffer.alloc(0);
  #tokens = 0;
  readonly #events: BaresipEvent[] = [];
  readonly #takers = new Set<() => void>();
  readonly #answers = new Map<string, (answer: { readonly ok: boolean; readonly data: string }) => void>();

  constructor(private readonly socket: Socket) {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      this.#rest = Buffer.concat([this.#rest, data]);
      for (let text = this.#next(); text !== undefined; text = this.#next()) this.#take(text);
    });
  }

  async command(command: string, params?: string): Promise<string> {
    const token = String(++this.#tokens);
    const text = JSON.stringify({ command, token, ...(params === undefined ? {} : { params }) });
    const answered = new Promise<{ ok: boolean; data: string }>((resolve) => this.#answers.set(token, resolve));
    this.socket.write(`${Buffer.byteLength(text)}:${text},`);
    const { ok, data } = await answered;
    if (!ok) throw new Error(`baresip refuses ${command}: ${data}`);
    return data;
  }

  event(type: string, withinMs = EVENT_MS): Promise<BaresipEvent> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const index = this.#events.findIndex((event) => event.type === type);
        const [event] = index < 0 ? [] : this.#events.splice(index, 1);
        if (!event) return;
        done();
        resolve(event);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`baresip sent no ${type} within ${withinMs} ms`));
      }, withinMs);
      const done = (): void => {
        clearTimeout(timer);
        this.#takers.delete(look);
      };
      this.#takers.add(look);
      look();
    });
  }

  close(): void {
    this.socket.destroy();
  }

  /** The next netstring, `5:hello,`; undefined while it is not complete. */
  #next(): string | undefined {
    const colon = this.#rest.indexOf(':');
    if (colon < 0) return undefined;
    const end = colon + 1 + Number(this.#rest.subarray(0, colon).toString());
    if (this.#rest.length <= end) return undefined;
    const text = this.#rest.subarray(colon + 1, end).toString();
    this.#rest = this.#rest.subarray(end + 1);
    return text;
  }

  #take(text: string): void {
    const message = JSON.parse(text) as BaresipEvent & { token?: string; ok?: boolean; data?: string };
    if (message.token === undefined) {
      this.#events.push(message);
      for (const look of [...this.#takers]) look();
      return;
    }
    this.#answers.get(message.token)?.({ ok: message.ok ?? false, data: message.data ?? '' });
    this.#answers.delete(message.token);
  }
}
