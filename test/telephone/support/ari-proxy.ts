import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import WebSocket, { WebSocketServer } from 'ws';

/** How one message is delivered: by default once, without delay. */
export interface Treatment {
  /** Number of deliveries: 0 drops the message, 2 duplicates it. */
  readonly copies?: number;
  readonly delayMs?: number;
  /** The message changes places with the next one, if that comes within a moment. */
  readonly swap?: boolean;
}

/** One JSON message between Asterisk and the controller. */
export interface AriMessage {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The treatment of every message, by its kind. A kind that is left out is delivered untouched. */
export interface Troubles {
  readonly events?: (message: AriMessage) => Treatment;
  /** Treats requests of the controller. `answers` treats Asterisk's responses to them. */
  readonly requests?: (message: AriMessage) => Treatment;
  readonly answers?: (message: AriMessage) => Treatment;
}

/** A proxy that disturbs the messages between the controller and an Asterisk. */
export interface AriProxy {
  readonly port: number;
  /** The value for BURGERNET_ARI. */
  url(user: string, password: string): string;
  /** Disturbs messages from now on; `{}` delivers them untouched again. */
  trouble(troubles: Troubles): void;
  /** Messages that Asterisk has sent so far, counted by type. */
  readonly seen: ReadonlyMap<string, number>;
  /** Event sockets that are open now and not frozen. */
  readonly connections: number;
  /**
   * Keeps the sockets that are open now, but passes nothing on them, in either direction. New sockets work.
   */
  freeze(): void;
  /** Ends the sockets that are open now, without a closing handshake. */
  cut(): void;
  /** Ends every new connection at once, for this time. */
  refuse(forMs: number): void;
  /**
   * Resolves to true as soon as this many event sockets have opened since the last freeze, cut or refusal,
   * and to false when they have not within `withinMs`.
   */
  untilConnected(count: number, withinMs: number): Promise<boolean>;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** The longest time that a message waits for the next one, to change places with it. */
const SWAP_MS = 300;

export async function startAriProxy(target: { readonly host: string; readonly port: number }): Promise<AriProxy> {
  const pairs = new Set<Pair>();
  const sockets = new Set<Socket>();
  const frozen = new Set<Pair>();
  const seen = new Map<string, number>();
  let troubles: Troubles = {};
  let refusedUntil = 0;
  let fresh = 0;
  const opened = new Set<() => void>();

  const server = createServer((req, res) => {
    forward(req, res, target);
  });
  const websockets = new WebSocketServer({ noServer: true, autoPong: false });
  server.on('connection', (socket: Socket) => {
    if (performance.now() < refusedUntil) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined);
    const far = new WebSocket(`ws://${target.host}:${target.port}${req.url ?? '/'}`, {
      headers: { authorization: req.headers.authorization ?? '' },
      autoPong: false,
    });
    // When Asterisk refuses the socket, or is gone, the controller's own socket ends as well.
    far.once('error', () => socket.destroy());
    far.once('open', () => {
      websockets.handleUpgrade(req, socket, head, (near) => {
        fresh += 1;
        for (const look of [...opened]) look();
        const pair = new Pair(near, far, () => troubles, seen);
        pairs.add(pair);
        near.once('close', () => pairs.delete(pair));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.address() as AddressInfo;

  return {
    port,
    url: (user, password) => `http://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${HOST}:${port}`,
    trouble: (next) => {
      troubles = next;
    },
    seen,
    get connections() {
      return pairs.size - [...pairs].filter((pair) => frozen.has(pair)).length;
    },
    freeze: () => {
      fresh = 0;
      for (const pair of pairs) {
        frozen.add(pair);
        pair.freeze();
      }
    },
    cut: () => {
      fresh = 0;
      for (const pair of pairs) pair.end();
      for (const socket of sockets) socket.destroy();
    },
    refuse: (forMs) => {
      fresh = 0;
      refusedUntil = performance.now() + forMs;
    },
    untilConnected: (count, withinMs) =>
      new Promise((resolve) => {
        const done = (connected: boolean): void => {
          clearTimeout(timer);
          opened.delete(look);
          resolve(connected);
        };
        const look = (): void => {
          if (fresh >= count) done(true);
        };
        const timer = setTimeout(() => done(false), withinMs);
        opened.add(look);
        look();
      }),
    close: async () => {
      for (const pair of pairs) pair.end();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Passes on an HTTP request untouched. */
function forward(
  req: IncomingMessage,
  res: ServerResponse,
  target: { readonly host: string; readonly port: number },
): void {
  const { host: _, ...headers } = req.headers;
  const onward = request({ ...target, method: req.method, path: req.url, headers }, (answer) => {
    res.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(res);
  });
  onward.once('error', () => res.destroy());
  res.once('close', () => onward.destroy());
  req.pipe(onward);
}

/** The controller's socket (near) and our own to Asterisk (far). */
class Pair {
  readonly #toNear: Lane;
  readonly #toFar: Lane;
  #frozen = false;

  constructor(
    private readonly near: WebSocket,
    private readonly far: WebSocket,
    troubles: () => Troubles,
    seen: Map<string, number>,
  ) {
    this.#toNear = new Lane(near);
    this.#toFar = new Lane(far);
    far.on('message', (data: Buffer) => {
      const text = data.toString();
      const message = JSON.parse(text) as AriMessage;
      seen.set(message.type, (seen.get(message.type) ?? 0) + 1);
      const { events, answers } = troubles();
      const treat = message.type === 'RESTResponse' ? answers : events;
      this.#toNear.send(text, treat?.(message));
    });
    near.on('message', (data: Buffer) => {
      const text = data.toString();
      this.#toFar.send(text, troubles().requests?.(JSON.parse(text) as AriMessage));
    });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('ping', (data: Buffer) => {
        if (to.readyState === WebSocket.OPEN) to.ping(data);
      });
      from.on('pong', (data: Buffer) => {
        if (to.readyState === WebSocket.OPEN) to.pong(data);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        // A frozen connection is half open: the controller is not told that Asterisk has closed its end.
        if (!this.#frozen) this.end();
        else if (from === near) this.end();
      });
    }
  }

  freeze(): void {
    this.#frozen = true;
    this.near.pause();
    this.far.pause();
    this.#toNear.stop();
    this.#toFar.stop();
  }

  end(): void {
    this.#toNear.stop();
    this.#toFar.stop();
    this.near.terminate();
    this.far.terminate();
  }
}

/** One direction of a pair of sockets. */
class Lane {
  #held: { readonly send: () => void; readonly timer: NodeJS.Timeout } | undefined;
  readonly #timers = new Set<NodeJS.Timeout>();
  #stopped = false;

  constructor(private readonly to: WebSocket) {}

  send(text: string, { copies = 1, delayMs = 0, swap = false }: Treatment = {}): void {
    const deliver = (): void => {
      for (let n = 0; n < copies; n += 1)
        if (!this.#stopped && this.to.readyState === WebSocket.OPEN) this.to.send(text);
    };
    if (delayMs > 0) {
      this.#after(delayMs, deliver);
      return;
    }
    const before = this.#held;
    if (before === undefined && swap) {
      const timer = this.#after(SWAP_MS, () => {
        this.#held = undefined;
        deliver();
      });
      this.#held = { send: deliver, timer };
      return;
    }
    deliver();
    if (before === undefined) return;
    this.#held = undefined;
    clearTimeout(before.timer);
    this.#timers.delete(before.timer);
    before.send();
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #after(ms: number, work: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }
}
