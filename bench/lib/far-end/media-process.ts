import { createSocket, type Socket } from 'node:dgram';
import { randomInt } from 'node:crypto';
import { openSync, readSync } from 'node:fs';
import { quantile } from '../quantiles.js';
import { CallBook } from './call-book.js';
import type { FromMedia, MediaOrder, ToMedia } from './messages.js';
import { PACKET_MS } from './rtp.js';
import { LineReader, readSipEvent } from './sip-record.js';

/**
 * The audio of the answering network, in a process of its own. It owns the ten media ports that SIPp's SDP
 * answers name, notes which sound arrives in each call and when, sends the audio of every call, and presses
 * its digit. SIPp's log says which call uses which port, and when the call was answered.
 *
 * The process sleeps from tick to tick. When it wakes, it reads the packets that have arrived meanwhile: at
 * most one tick late, and equally so for both sides. When every packet woke the process, it took a quarter
 * more CPU from the measured side.
 */

/**
 * The calls send in this many groups, one after another, so that not all of them send at the same instant.
 */
const GROUPS = 4;
const TICK_MS = PACKET_MS / GROUPS;
/** At most this many missed ticks are made up for after a stall. */
const MOST_TICKS = 8;
const PROGRESS_MS = 10;
const BUFFER_BYTES = 1 << 20;
const READ_BYTES = 1 << 16;
const DECADE_TRIES = 100;

/** The time of day in ms, more precise than Date.now. It never goes back. */
const now = (): number => performance.timeOrigin + performance.now();
const tell = (message: FromMedia): void => void process.send?.(message);

/** Skips the name lookup, because `host` is an address and the lookup costs more than sending. */
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

/** Opens ten ports that differ only in their last digit. */
async function openDecade(host: string): Promise<{ decade: number; sockets: Socket[] }> {
  for (let tries = 0; tries < DECADE_TRIES; tries++) {
    const decade = randomInt(3100, 3270);
    const opened = await Promise.allSettled(Array.from({ length: 10 }, (_, digit) => open(decade * 10 + digit, host)));
    const sockets = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (sockets.length === opened.length) return { decade, sockets };
    for (const socket of sockets) socket.close();
  }
  throw new Error('no ten free ports in a row for the audio of the far end');
}

/** Reads the text that was added to a file since the last read; '' while the file does not exist. */
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
    // One turn of the event loop reads the packets that have arrived, and then runs this again.
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
// On Ctrl-C the benchmark ends this process. Without the benchmark this process has no use.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
