import type { Audio, Finished } from './audio.js';
import { NARROW_RATE, Unusable, WIDE_RATE } from './audio.js';
import { encodeALaw, encodeMuLaw } from './g711.js';
import { gainFor, levelOf, toInt16, withoutOffset } from './level.js';
import { resample } from './resample.js';
import type { Ends } from './trim.js';
import { trim } from './trim.js';

/** Goes up with every change of what {@link finish} answers: sounds made under another version are made anew. */
export const FINISH_VERSION = 1;

export const MOST_SECONDS = 120;
/** Shortest recording that can be a message. */
export const LEAST_SECONDS = 0.5;

/** Speech by a machine: sound at once, and a breath before what follows. */
export const SPOKEN_ENDS: Ends = { before: 5, after: 100, pad: true };
/** A recording keeps its own ends, but not the wait before somebody spoke. */
export const RECORDED_ENDS: Ends = { before: 15, after: 300, pad: false };

/**
 * Brings a sound to telephone level and writes it in all forms. Throws {@link Unusable} `silent` or `too_long`.
 * With `gain: 'as_is'` the level stays what it was.
 */
export function finish(audio: Audio, ends: Ends | undefined, gain: 'levelled' | 'as_is' = 'levelled'): Finished {
  if (audio.samples.length > audio.rate * MOST_SECONDS) throw tooLong();
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

/** For a sound that takes longer than {@link MOST_SECONDS}. */
export function tooLong(): Unusable {
  return new Unusable(
    'too_long',
    `It takes more than ${MOST_SECONDS} seconds. At most ${MOST_SECONDS} seconds is allowed.`,
  );
}

function littleEndian(samples: Int16Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, i) => view.setInt16(i * 2, sample, true));
  return bytes;
}
