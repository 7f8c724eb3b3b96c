import type { Audio } from './audio.js';
import { fromDecibels } from './audio.js';
import { onTheLine } from './band.js';
import { levelOf } from './level.js';
import { limited } from './limiter.js';

/** Loudness of every sound, of the part that a telephone line carries, in dB relative to full scale. */
export const TARGET_RMS = -20;
/** Highest peak of every sound, in dB relative to full scale. */
export const HIGHEST_PEAK = -3;
/**
 * Peaks are turned down by at most this, dB. Speech needs 2 to 6, and speech beside the bump of a telephone
 * that is put down 20. A recording that would need more has hardly any speech in it, and stays softer than
 * the target.
 */
const MOST_LIMITING = 24;
/** Distance from the target that nobody hears, dB. */
const CLOSE_ENOUGH = 0.05;
/** Turning down peaks takes a little loudness, which the next try makes up for. */
const MOST_TRIES = 6;

/** One sound at both rates. */
export interface BothRates {
  readonly wide: Audio;
  readonly narrow: Audio;
}

/**
 * Brings a sound to the target loudness. Only the band of a telephone line counts, because a voice with much
 * sound below 300 Hz would otherwise arrive softer than another. Both rates get the same gain.
 */
export function atTelephoneLevel({ wide, narrow }: BothRates): BothRates {
  const highest = fromDecibels(HIGHEST_PEAK);
  const mostGain = HIGHEST_PEAK + MOST_LIMITING - levelOf(narrow).peak;
  let gain = 0;
  let result = narrow;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const missing = TARGET_RMS - lineLoudness(result);
    if (Math.abs(missing) < CLOSE_ENOUGH) break;
    gain = Math.min(mostGain, gain + missing);
    result = limited(narrow, fromDecibels(gain), highest);
  }
  return { narrow: limited(result, 1, highest), wide: limited(wide, fromDecibels(gain), highest) };
}

/**
 * Loudness of what a telephone line carries of a sound, without the pauses, in dB relative to full scale.
 */
export const lineLoudness = (audio: Audio): number => levelOf(onTheLine(audio)).rms;
