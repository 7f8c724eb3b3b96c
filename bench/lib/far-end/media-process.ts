import { createSocket, type Socket } from 'node:dgram';
import { randomInt } from 'node:crypto';
import { openSync, readSync } from 'node:fs';
import { quantile } from '../quantiles.js';
import { CallBook } from './call-book.js';
import type { FromMedia, MediaOrder, ToMedia } from './messages.js';
import { PACKET_MS } from './rtp.js';
import { LineReader, readSipEvent } from './sip-record.js';

/**
 * The ears and voices of the answering network, a process of its own: it owns the ten media ports that SIPp's answers
 * name, notes when what is heard on each call, sends every call's voice and presses its digit. SIPp's log tells it which
 * call has which port, and when it was answered.
 *
 * It sleeps from tick to tick, and hears what came meanwhile when it wakes: at most a tick late, whoever is measured. Woken by
 * each packet it took a quarter more of the machine from what is measured.
 */

/** Calls take turns in this many groups, so that not all of them send in the same instant. */
const GROUPS = 4;
const TICK_MS = PACKET_MS / GROUPS;
/** After a pause at most this many ticks are made up for. */
const MOST_TICKS = 8;
const PROGRESS_MS = 10;
const BUFFER_BYTES = 1 << 20;
const READ_BYTES = 1 << 16;
const DECADE_TRIES = 100;

/** The time of day in ms, finer than Date.now and never going back. */
const now = (): number => performance.timeOrigin + performance.now();
const tell = (message: FromMedia): void => void process.send?.(message);

/** An address is no name: looking it up costs more than sending. */
const asItIs = (
  host: string,
  _options: unknown,
  done: (error: null, address: string, family: number) => void,
): void => {
  done(null, host, 4);
};

function open(port: number, host: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: 'udp4', lookup: asItIs });
    socket.once('error', reject);
    socket.bind(port, host, () => {
      socket.setRecvBufferSize(BUFFER_BYTES);
      socket.off('error', reject).on('error', () => undefined);
      resolve(socket);
    });
  });
}

/** Ten free ports that differ in their last digit alone. */
async function openDecade(host: string): Promise<{ decade: number; sockets: Socket[] }> {
  for (let tries = 0; tries < DECADE_TRIES; tries++) {
    const decade = randomInt(3100, 3270);
    const opened = await Promise.allSettled(Array.from({ length: 10 }, (_, digit) => open(decade * 10 + digit, host)));
    const sockets = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (sockets.length === opened.length) return { decade, sockets };
    for (const socket of sockets) socket.close();
  }
  throw new Error('no ten free ports in a row for the voices of the far end');
}

/** Reads what has been added to a file since the last time; '' while it is not there. */
function follow(file: string): () => string {
  const piece = Buffer.alloc(READ_BYTES);
  let handle: number | undefined;
  let place = 0;
  return () => {
    try {
      handle ??= openSync(file, 'r');
    } catch {
      return '';
    }
    const length = readSync(handle, piece, 0, READ_BYTES, place);
    place += length;
    return piece.toString('latin1', 0, length);
  };
}

function run(order: MediaOrder, sockets: readonly Socket[]): () => void {
  const book = new CallBook(order.habit);
  const news = follow(order.logFile);
  const lines = new LineReader();
  const lateness: number[] = [];
  sockets.forEach((socket) =>
    socket.on('message', (packet, { port }) => {
      book.packet(port, packet, now());
    }),
  );

  const speak = (group: number): void => {
    for (const call of book.live) {
      if (call.port % (2 * GROUPS) !== 2 * group) continue;
      for (const packet of call.voice.next(now())) sockets[call.socket]?.send(packet, call.port, order.host);
    }
  };
  const began = performance.now();
  let ticks = 0;
  const tick = (): void => {
    for (const line of lines.take(news())) {
      const event = readSipEvent(line);
      if (event) book.sip(event);
    }
    const due = Math.floor((performance.now() - began) / TICK_MS);
    if (book.live.size > 0) lateness.push(Math.max(0, performance.now() - began - (ticks + 1) * TICK_MS));
    for (let next = Math.max(ticks, due - MOST_TICKS) + 1; next <= due; next++) speak(next % GROUPS);
    ticks = due;
  };
  const bed = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  let turn = setImmediate(function next() {
    tick();
    // A turn of the loop reads whatever has come, and then comes here again.
    Atomics.wait(bed, 0, 0, Math.max(0, (ticks + 1) * TICK_MS - (performance.now() - began)));
    turn = setImmediate(next);
  });

  let told = 0;
  const progress = setInterval(() => {
    if (book.invited + book.ended === told) return;
    told = book.invited + book.ended;
    tell({ type: 'progress', invited: book.invited, ended: book.ended });
  }, PROGRESS_MS);

  return () => {
    clearImmediate(turn);
    clearInterval(progress);
    for (const socket of sockets) socket.close();
    tell({ type: 'records', records: book.records(), latenessMs: quantile(lateness, 0.99) ?? 0 });
  };
}

let finish: (() => void) | undefined;
process.on('message', (message: ToMedia) => {
  if (message.type === 'finish') {
    finish?.();
    return;
  }
  openDecade(message.order.host).then(
    ({ decade, sockets }) => {
      finish = run(message.order, sockets);
      tell({ type: 'opened', decade });
    },
    (error: unknown) => {
      tell({ type: 'failed', reason: String(error) });
    },
  );
});
// Ctrl-C is for the benchmark, which ends us; without it nobody needs us.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
