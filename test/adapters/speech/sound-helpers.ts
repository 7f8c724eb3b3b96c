import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../../src/ports/log.js';

/** The committed prompts of every language. */
export const ALL_SOUNDS = join(import.meta.dirname, '../../../sounds');
/** The committed Dutch prompts. */
export const SOUNDS = join(ALL_SOUNDS, 'nl');

export const quietLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => quietLog,
};

/** Runs the work with a temporary folder. */
export async function inTempFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'burgernet-speech-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A sine with an amplitude of `size`. */
export function sine(hz: number, rate: number, seconds: number, size = 0.5): Float64Array {
  return Float64Array.from(
    { length: Math.round(seconds * rate) },
    (_, i) => size * Math.sin((2 * Math.PI * hz * i) / rate),
  );
}

/** The `fmt ` chunk of a wav: `code` 1 is PCM, 3 IEEE float, 6 A-law, 7 µ-law. */
interface RiffFormat {
  readonly code: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

/**
 * A wav file as the specification describes it (Microsoft Multimedia Programming Interface 1.0, RIFF/WAVE,
 * and its "New Multimedia Data Types", which add a size field and a `fact` chunk to every format other than
 * PCM).
 */
export function riff({ code, channels, rate, bits }: RiffFormat, data: Buffer): Buffer {
  const frame = (channels * bits) / 8;
  const format = Buffer.alloc(code === 1 ? 16 : 18);
  format.writeUInt16LE(code, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE(rate * frame, 8);
  format.writeUInt16LE(frame, 12);
  format.writeUInt16LE(bits, 14);
  const frames = Buffer.alloc(4);
  frames.writeUInt32LE(data.length / frame);
  const chunks = [chunk('fmt ', format), ...(code === 1 ? [] : [chunk('fact', frames)]), chunk('data', data)];
  return chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...chunks]));
}

function chunk(id: string, body: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(body.length);
  return Buffer.concat([Buffer.from(id), size, body, Buffer.alloc(body.length % 2)]);
}

type Depth = '8' | '16' | '24' | '32' | '32f' | '64';

const writers: Readonly<Record<Depth, (to: Buffer, sample: number, at: number) => void>> = {
  // PCM of 8 bits is unsigned, and wider PCM is signed.
  8: (to, sample, at) => to.writeUInt8(128 + Math.round(sample * 127), at),
  16: (to, sample, at) => to.writeInt16LE(Math.round(sample * 32_767), at),
  24: (to, sample, at) => to.writeIntLE(Math.round(sample * 8_388_607), at, 3),
  32: (to, sample, at) => to.writeInt32LE(Math.round(sample * 2_147_483_647), at),
  '32f': (to, sample, at) => to.writeFloatLE(sample, at),
  64: (to, sample, at) => to.writeDoubleLE(sample, at),
};

/** A wav with samples of −1 to 1; `64` is a float, as `32f` is. */
export function wavOf(channels: readonly Float64Array[], rate: number, depth: Depth): Buffer {
  const bits = Number.parseInt(depth, 10);
  const frame = (channels.length * bits) / 8;
  const data = Buffer.alloc((channels[0]?.length ?? 0) * frame);
  channels.forEach((samples, channel) => {
    samples.forEach((sample, index) => writers[depth](data, sample, index * frame + (channel * bits) / 8));
  });
  return riff({ code: depth === '32f' || depth === '64' ? 3 : 1, channels: channels.length, rate, bits }, data);
}

/** Power of one frequency, in dB relative to a full-scale sine (Goertzel 1958). */
export function goertzel(samples: ArrayLike<number>, hz: number, rate: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * hz) / rate);
  let [a, b] = [0, 0];
  for (let i = 0; i < samples.length; i += 1) [a, b] = [samples[i]! + turn * a - b, a];
  const power = a * a + b * b - turn * a * b;
  return 10 * Math.log10(Math.max(power, 1e-20) / (samples.length / 2) ** 2);
}

/** Root mean square, in dB relative to full scale. */
export function rms(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i += 1) sum += samples[i]! ** 2;
  return 10 * Math.log10(Math.max(sum / samples.length, 1e-20));
}

/** 16-bit little-endian bytes as samples, −1 to 1. */
export function samplesOf(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.byteLength / 2 }, (_, i) => view.getInt16(i * 2, true) / 32_768);
}

export interface Pause {
  readonly fromMs: number;
  readonly ms: number;
}

/**
 * The pauses inside a sound: stretches of at least `leastMs` in which every 5 ms is 40 dB under the loudest 5
 * ms. Silence at both ends is no pause.
 */
export function pausesIn(samples: Float64Array, rate: number, leastMs: number): Pause[] {
  const size = Math.round(rate / 200);
  const levels = Array.from({ length: Math.floor(samples.length / size) }, (_, i) =>
    rms(samples.subarray(i * size, (i + 1) * size)),
  );
  const loudest = Math.max(...levels);
  const heard = levels.flatMap((level, i) => (level > loudest - 40 ? [i] : []));
  return heard.flatMap((frame, i) => {
    const next = heard[i + 1];
    const ms = next === undefined ? 0 : (next - frame - 1) * 5;
    return ms < leastMs ? [] : [{ fromMs: (frame + 1) * 5, ms }];
  });
}
