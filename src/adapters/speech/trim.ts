import type { Audio } from './audio.js';

/** How much silence stays at each end, ms. */
export interface Ends {
  readonly before: number;
  /** Silence is added up to `after` when `pad`; otherwise only the surplus is taken away. */
  readonly after: number;
  readonly pad: boolean;
}

/** Amplitude under which a sound has not begun, as a part of its own peak (−42 dB). */
const QUIET = 0.008;

/** Takes silence away at both ends: the first sound must reach the citizen at once. */
export function trim({ rate, samples }: Audio, ends: Ends): Audio {
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const heard = (sample: number): boolean => Math.abs(sample) > peak * QUIET;
  const first = samples.findIndex(heard);
  if (first < 0) return { rate, samples };
  const inSamples = (ms: number): number => Math.round((ms * rate) / 1000);
  const from = Math.max(0, first - inSamples(ends.before));
  const wished = samples.findLastIndex(heard) + 1 + inSamples(ends.after);
  const kept = samples.subarray(from, Math.min(samples.length, wished));
  if (!ends.pad || wished <= samples.length) return { rate, samples: kept };
  const padded = new Float64Array(wished - from);
  padded.set(kept);
  return { rate, samples: padded };
}
