import type { Audio } from './audio.js';
import { filtered, highPass, lowPass } from './biquad.js';

/** What a telephone line carries, Hz (ITU-T G.712). */
export const LINE_BAND = { from: 300, to: 3_400 } as const;

/** The two factors of a Butterworth filter of fourth order. */
const FACTORS = [0.541_196_1, 1.306_563] as const;

/** The part of a sound that a telephone line carries. */
export function onTheLine({ rate, samples }: Audio): Audio {
  const high = FACTORS.map((q) => highPass(LINE_BAND.from, rate, q));
  // At 6,800 Hz or less there is nothing above the band.
  const low = rate > 2 * LINE_BAND.to ? FACTORS.map((q) => lowPass(LINE_BAND.to, rate, q)) : [];
  return { rate, samples: filtered(samples, ...high, ...low) };
}
