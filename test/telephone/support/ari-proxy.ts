import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import WebSocket, { WebSocketServer } from 'ws';

/** What becomes of one message; left out, it passes at once, once. */
export interface Treatment {
  /** How often it arrives: 0 for never, 2 for twice. */
  readonly copies?: number;
  readonly delayMs?: number;
  /** It changes places with the next one, which is waited for a moment. */
  readonly swap?: boolean;
}

/** One JSON message between Asterisk and the controller. */
export interface AriMessage {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface Troubles {
  readonly events?: (message: AriMessage) => Treatment;
  /** The controller's own requests, and Asterisk's answers to them: they are left alone unless asked. */
  readonly requests?: (message: AriMessage) => Treatment;
  readonly answers?: (message: AriMessage) => Treatment;
}

/** Stands between the controller and an Asterisk, and breaks what passes. */
export interface AriProxy {
  readonly port: number;
  /** For BURGERNET_ARI. */
  url(user: string, password: string): string;
  /** From now on; `{}` mends everything. */
  trouble(troubles: Troubles): void;
  /** Messages from Asterisk so far, by type, as they arrived here. */
  readonly seen: ReadonlyMap<string, number>;
  /** Open event sockets now. */
  readonly connections: number;
  /** Nothing passes any more on the sockets that are open, in either direction, and they stay open. New ones work. */
  freeze(): void;
  /** Ends the sockets that are open, without a closing handshake. */
  cut(): void;
  /** Ends every new connection at once, for so long. */
  refuse(forMs: number): void;
  /** Whether so many event sockets were opened since the last freeze, cut or refusal, within this time. */
  untilConnected(count: number, withinMs: number): Promise<boolean>;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** A message that waits for its neighbour waits no longer. */
const SWAP_MS = 300;
const LOOK_MS = 20;

export async function startAriProxy(target: { readonly host: string; readonly port: number }): Promise<AriProxy> {
  const pairs = new Set<Pair>();
  const sockets = new Set<Socket>();
  const frozen = new Set<Pair>();
  const seen = new Map<string, number>();
  let troubles: Troubles = {};
  let refusedUntil = 0;
  let fresh = 0;

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
    // Refused by Asterisk, or gone: the controller's own socket ends as well.
    far.once('error', () => socket.destroy());
    far.once('open', () => {
      websockets.handleUpgrade(req, socket, head, (near) => {
        fresh += 1;
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
    untilConnected: async (count, withinMs) => {
      for (const end = performance.now() + withinMs; fresh < count; await pause(LOOK_MS))
        if (performance.now() > end) return false;
      return true;
    },
    close: async () => {
      for (const pair of pairs) pair.end();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** What ARI is asked by HTTP passes as it is. */
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

/** The controller's socket and ours to Asterisk, tied together. */
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
        // Half open is half open: what is frozen tells the other side nothing.
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

/** One direction of a pair. */
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
