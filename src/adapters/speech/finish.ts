import type { Audio, Finished } from './audio.js';
import { NARROW_RATE, Unusable, WIDE_RATE } from './audio.js';
import { encodeALaw, encodeMuLaw } from './g711.js';
import { gainFor, levelOf, toInt16, withoutOffset } from './level.js';
import { resample } from './resample.js';
import type { Ends } from './trim.js';
import { trim } from './trim.js';

/**
 * Increased with every change to the output of {@link finish}, so that sounds of another version are rendered
 * again.
 */
export const FINISH_VERSION = 1;

/** Longest recording, and longest spoken text: 1,500 characters of prose take about 130 s. */
const MOST_SECONDS = 120;
export const MOST_SPOKEN_SECONDS = 180;
/** Shortest recording that can be a message. */
export const LEAST_SECONDS = 0.5;

/** For synthetic speech: sound at once, and a short pause before the next sound. */
export const SPOKEN_ENDS: Ends = { before: 5, after: 100, pad: true };
/** For a recording: it keeps its ends, but not the wait before the speaker began. */
export const RECORDED_ENDS: Ends = { before: 15, after: 300, pad: false };

/**
 * Brings a sound to telephone level and encodes it in all formats. With `gain: 'as_is'` the level is not
 * changed. Throws {@link Unusable} `silent` or `too_long`.
 */
export function finish(audio: Audio, ends: Ends | undefined, gain: 'levelled' | 'as_is' = 'levelled'): Finished {
  const most = ends === SPOKEN_ENDS ? MOST_SPOKEN_SECONDS : MOST_SECONDS;
  if (audio.samples.length > audio.rate * most) throw tooLong(most);
  const clean = gain === 'as_is' ? audio : withoutOffset(audio);
  const level = levelOf(clean);
  if (gain === 'levelled' && level.silent)
    throw new Unusable('silent', 'Nothing can be heard in it. Speak louder or closer to the microphone.');
  const cut = ends === undefined ? clean : trim(clean, ends);
  const wide = resample(cut, WIDE_RATE);
  const narrow = resample(cut, NARROW_RATE);
  const factor =
    gain === 'as_is' ? 1 : Math.min(gainFor(levelOf(wide)), gainFor({ ...levelOf(wide), peak: levelOf(narrow).peak }));
  const telephone = toInt16(narrow.samples, factor);
  return {
    sln16: littleEndian(toInt16(wide.samples, factor)),
    alaw: encodeALaw(telephone),
    ulaw: encodeMuLaw(telephone),
    seconds: telephone.length / NARROW_RATE,
    clipped: levelOf(audio).clipped,
  };
}

/** The error for a sound that is longer than `most` seconds. */
export function tooLong(most: number): Unusable {
  return new Unusable('too_long', `It takes more than ${most} seconds. At most ${most} seconds are allowed.`);
}

function littleEndian(samples: Int16Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, i) => view.setInt16(i * 2, sample, true));
  return bytes;
}
