import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What baresip tells of itself, such as `CALL_ESTABLISHED`. */
export interface BaresipEvent {
  readonly type: string;
  readonly param?: string;
  readonly peeruri?: string;
}

/** Orders to a baresip, and what it tells, over its TCP control (module ctrl_tcp: JSON in netstrings). */
export interface BaresipControl {
  /** Carries out a command of its menu; what it says. Rejects when it refuses. */
  command(name: string, params?: string): Promise<string>;
  /** The next event of this type that nobody has waited for yet; rejects when it does not come in time. */
  event(type: string, withinMs?: number): Promise<BaresipEvent>;
  close(): void;
}

const HOST = '127.0.0.1';
const CONNECT_MS = 10_000;
const EVENT_MS = 10_000;
const LOOK_MS = 50;

/** Connects once it listens. Throws when it does not within ten seconds. */
export async function controlBaresip(port: number): Promise<BaresipControl> {
  for (const deadline = performance.now() + CONNECT_MS; ; await pause(LOOK_MS)) {
    const socket = await new Promise<Socket | undefined>((resolve) => {
      const trying = connect(port, HOST, () => resolve(trying));
      trying.once('error', () => resolve(undefined));
    });
    if (socket) return new Control(socket);
    if (performance.now() > deadline) throw new Error('baresip takes no orders');
  }
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
        reject(new Error(`baresip did not tell ${type} within ${withinMs} ms`));
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

  /** The next whole netstring, `5:hello,`; undefined when it is not all there yet. */
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
