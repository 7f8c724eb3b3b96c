import type { Audio } from './audio.js';

/** Silence to keep at each end, ms. */
export interface Ends {
  readonly before: number;
  /** With `pad`, a shorter silence at the end is extended to `after`. */
  readonly after: number;
  readonly pad: boolean;
}

/** Amplitude below which a sample counts as silence, relative to the sound's peak (−42 dB). */
const QUIET = 0.008;

/**
 * Removes silence at both ends beyond what `ends` keeps, because the citizen must hear the first word at
 * once.
 */
export function trim({ rate, samples }: Audio, ends: Ends): Audio {
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const isHeard = (sample: number): boolean => Math.abs(sample) > peak * QUIET;
  const first = samples.findIndex(isHeard);
  if (first < 0) return { rate, samples };
  const inSamples = (ms: number): number => Math.round((ms * rate) / 1000);
  const from = Math.max(0, first - inSamples(ends.before));
  const end = samples.findLastIndex(isHeard) + 1 + inSamples(ends.after);
  const kept = samples.subarray(from, Math.min(samples.length, end));
  if (!ends.pad || end <= samples.length) return { rate, samples: kept };
  const padded = new Float64Array(end - from);
  padded.set(kept);
  return { rate, samples: padded };
}
