import type { Audio } from './audio.js';
import { fromDecibels } from './audio.js';
import { levelOf } from './level.js';

/** How far a peak may stand above the loudness, dB: what is left between −20 dBFS of loudness and −3 dBFS of peak. */
const CREST = 16;
/** The gain is down this long before the peak, and comes back as slowly; ms. */
const AHEAD_MS = 4;

/**
 * Turns the few sharpest pulses of a synthetic voice down, so that the whole can be louder on the line. Never used on a
 * recording: what people upload keeps its dynamics.
 */
export function limitPeaks(audio: Audio): Audio {
  const { rate, samples } = audio;
  const highest = fromDecibels(levelOf(audio).rms + CREST);
  const reach = Math.round((AHEAD_MS * rate) / 1000);
  const needed = samples.map((sample) => Math.min(1, highest / Math.max(Math.abs(sample), 1e-9)));
  const gain = smoothed(lowest(needed, reach), reach);
  return { rate, samples: samples.map((sample, i) => sample * (gain[i] ?? 1)) };
}

/** The lowest value within `reach` on both sides. Most values are 1, so only the others are spread. */
function lowest(values: Float64Array, reach: number): Float64Array {
  const out = new Float64Array(values.length).fill(1);
  values.forEach((value, at) => {
    if (value === 1) return;
    const to = Math.min(values.length - 1, at + reach);
    for (let i = Math.max(0, at - reach); i <= to; i += 1) out[i] = Math.min(out[i] ?? 1, value);
  });
  return out;
}

/** A weighted mean over `reach` on both sides (Hann window), so that the gain does not click. */
function smoothed(values: Float64Array, reach: number): Float64Array {
  const weights = Array.from(
    { length: 2 * reach + 1 },
    (_, i) => 1 - Math.cos((2 * Math.PI * (i + 1)) / (2 * reach + 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return values.map((_, at) => {
    let sum = 0;
    for (let i = 0; i < weights.length; i += 1) sum += (values[at + i - reach] ?? 1) * (weights[i] ?? 0);
    return sum / total;
  });
}
