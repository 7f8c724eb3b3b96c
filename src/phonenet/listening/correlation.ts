import type { Samples } from './sound-file.js';

/**
 * Hops in a window of loudness. Longer than a period of a voice, so that half a hop more or less changes
 * little.
 */
const WINDOW_HOPS = 4;

/** Loudness (RMS) at each `hop` samples, over a window of four hops. */
export function envelope(samples: Samples, hop: number): Float32Array {
  const levels = new Float32Array(Math.floor(samples.length / hop));
  for (let i = 0; i < levels.length; i += 1) levels[i] = rms(samples, i * hop, WINDOW_HOPS * hop);
  return levels;
}

/** RMS of `length` samples from `from` on. Samples outside the sound count as silence. */
export function rms(samples: Samples, from: number, length: number): number {
  let sum = 0;
  const end = Math.min(samples.length, from + length);
  for (let i = Math.max(0, from); i < end; i += 1) sum += (samples[i] ?? 0) ** 2;
  return Math.sqrt(sum / length);
}

/**
 * Correlation, −1 to 1, of `length` samples of both sounds, independent of loudness. With silence it is 0.
 */
export function likeness(a: Samples, fromA: number, b: Samples, fromB: number, length: number): number {
  if (fromA < 0 || fromA + length > a.length || fromB < 0 || fromB + length > b.length) return 0;
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < length; i += 1) {
    const x = a[fromA + i] ?? 0;
    const y = b[fromB + i] ?? 0;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}

/** Correlation of the shape of `pattern` with `levels` at each offset, without their means (Pearson). */
export function shapeLikeness(levels: Float32Array, pattern: Float32Array): Float32Array {
  const length = pattern.length;
  const result = new Float32Array(Math.max(0, levels.length - length + 1));
  const mean = pattern.reduce((sum, level) => sum + level, 0) / length;
  const centred = pattern.map((level) => level - mean);
  const size = Math.sqrt(centred.reduce((sum, level) => sum + level * level, 0));
  if (size < 1e-6) return result;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < levels.length; i += 1) {
    const level = levels[i] ?? 0;
    sum += level;
    squares += level * level;
    const from = i - length + 1;
    if (from < 0) continue;
    let dot = 0;
    for (let k = 0; k < length; k += 1) dot += (levels[from + k] ?? 0) * (centred[k] ?? 0);
    const spread = squares - (sum * sum) / length;
    result[from] = spread < 1e-9 ? 0 : dot / (size * Math.sqrt(spread));
    const left = levels[from] ?? 0;
    sum -= left;
    squares -= left * left;
  }
  return result;
}
