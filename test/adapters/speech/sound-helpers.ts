import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WaveFile as WaveFileType } from 'wavefile';
import type { Log } from '../../../src/ports/log.js';

/** An independent reader and writer of wav files. */
export const WaveFile = (createRequire(import.meta.url)('wavefile') as { WaveFile: typeof WaveFileType }).WaveFile;

/** The committed prompts. */
export const SOUNDS = join(import.meta.dirname, '../../../sounds/nl');

export const quietLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => quietLog,
};

/** A folder that is gone after the work. */
export async function inTempFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'burgernet-speech-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A sine, −1 to 1. */
export function sine(hz: number, rate: number, seconds: number, size = 0.5): Float64Array {
  return Float64Array.from(
    { length: Math.round(seconds * rate) },
    (_, i) => size * Math.sin((2 * Math.PI * hz * i) / rate),
  );
}

/** A wav of any depth that `wavefile` can write. */
export function wavOf(
  channels: Float64Array[],
  rate: number,
  depth: '8' | '16' | '24' | '32' | '32f' | '64',
): Uint8Array {
  const wav = new WaveFile();
  const scale = depth === '32f' || depth === '64' ? 1 : 2 ** (Number(depth) - 1) - 1;
  const scaled = channels.map((samples) =>
    samples.map((s) => (scale === 1 ? s : Math.round(s * scale) + (depth === '8' ? 128 : 0))),
  );
  wav.fromScratch(channels.length, rate, depth, channels.length === 1 ? scaled[0]! : scaled);
  return wav.toBuffer();
}

/** Power of one frequency, dB against a full-scale sine (Goertzel 1958). */
export function goertzel(samples: ArrayLike<number>, hz: number, rate: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * hz) / rate);
  let [a, b] = [0, 0];
  for (let i = 0; i < samples.length; i += 1) [a, b] = [samples[i]! + turn * a - b, a];
  const power = a * a + b * b - turn * a * b;
  return 10 * Math.log10(Math.max(power, 1e-20) / (samples.length / 2) ** 2);
}

/** Root mean square in dB under full scale. */
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
