import type { Audio } from './audio.js';

/** The gain goes down this long before a peak, in ms, and comes back as slowly. */
const AHEAD_MS = 4;

/**
 * The sound after a gain, with no sample above `highest`. Only the few ms around a peak are turned down, so
 * that one sharp pulse does not keep the whole sound soft.
 */
export function limited({ rate, samples }: Audio, factor: number, highest: number): Audio {
  const reach = Math.round((AHEAD_MS * rate) / 1000);
  const needed = samples.map((sample) => Math.min(1, highest / Math.max(Math.abs(sample) * factor, 1e-9)));
  const gain = smoothed(lowest(needed, reach), reach);
  return { rate, samples: samples.map((sample, i) => sample * factor * (gain[i] ?? 1)) };
}

/** The lowest value within `reach` on both sides. Most values are 1, so only the others are processed. */
function lowest(values: Float64Array, reach: number): Float64Array {
  const out = new Float64Array(values.length).fill(1);
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? 1;
    if (value === 1) continue;
    const to = Math.min(values.length - 1, at + reach);
    for (let i = Math.max(0, at - reach); i <= to; i += 1) out[i] = Math.min(out[i] ?? 1, value);
  }
  return out;
}

/**
 * A triangular mean over `reach` on both sides (two flat means in a row), so that the gain makes no clicks.
 */
function smoothed(values: Float64Array, reach: number): Float64Array {
  return mean(mean(values, Math.ceil(reach / 2)), Math.floor(reach / 2));
}

/** Flat mean over `reach` on both sides, by a running sum. Outside the sound the gain is 1. */
function mean(values: Float64Array, reach: number): Float64Array {
  let sum = 2 * reach + 1;
  for (let i = 0; i < reach; i += 1) sum += (values[i] ?? 1) - 1;
  return values.map((_, at) => {
    sum += (values[at + reach] ?? 1) - (values[at - reach - 1] ?? 1);
    return sum / (2 * reach + 1);
  });
}
