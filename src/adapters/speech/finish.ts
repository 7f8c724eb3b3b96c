import type { Audio, Finished } from './audio.js';
import { NARROW_RATE, Unusable, WIDE_RATE } from './audio.js';
import { onTheLine } from './band.js';
import { forTelephone, withoutRumble } from './equalize.js';
import { encodeALaw, encodeMuLaw } from './g711.js';
import { levelOf, toInt16, withoutOffset } from './level.js';
import { resample } from './resample.js';
import { atTelephoneLevel, type BothRates } from './telephone-level.js';
import type { Ends } from './trim.js';
import { trim } from './trim.js';

/**
 * Increased with every change to the output of {@link finish}, so that sounds of another version are rendered
 * again.
 */
export const FINISH_VERSION = 2;

/** Longest recording, and longest spoken text: 1,500 characters of prose take about 130 s. */
const MOST_SECONDS = 120;
export const MOST_SPOKEN_SECONDS = 180;
/** Shortest recording that can be a message. */
export const LEAST_SECONDS = 0.5;

/** Where a sound comes from: a synthetic voice, a person's recording, or our own code. */
export type Source = 'voice' | 'person' | 'tone';

/** A voice begins at once, and ends with a short pause before the next sound. */
const VOICE_ENDS: Ends = { before: 5, after: 100, pad: true };
/** A recording keeps its ends, but not the wait before the speaker began. */
const PERSON_ENDS: Ends = { before: 15, after: 300, pad: false };

/**
 * Shapes a sound for the telephone, brings it to telephone level and encodes it in all formats. A tone is
 * only encoded. Throws {@link Unusable} `silent` or `too_long`.
 */
export function finish(audio: Audio, source: Source): Finished {
  const most = source === 'voice' ? MOST_SPOKEN_SECONDS : MOST_SECONDS;
  if (audio.samples.length > audio.rate * most) throw tooLong(most);
  const { wide, narrow } = source === 'tone' ? bothRates(audio) : atTelephoneLevel(shaped(audio, source));
  const telephone = toInt16(narrow.samples);
  return {
    sln16: littleEndian(toInt16(wide.samples)),
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

function shaped(audio: Audio, source: 'voice' | 'person'): BothRates {
  const clean = withoutOffset(audio);
  const both =
    source === 'voice'
      ? bothRates(trim(forTelephone(clean), VOICE_ENDS))
      : bothRates(trim(withoutRumble(clean), PERSON_ENDS));
  // A sound that a line does not carry, such as the hum of the mains, is not speech.
  if (levelOf(onTheLine(both.narrow)).silent)
    throw new Unusable('silent', 'Nothing can be heard in it. Speak louder or closer to the microphone.');
  return both;
}

const bothRates = (audio: Audio): BothRates => ({
  wide: resample(audio, WIDE_RATE),
  narrow: resample(audio, NARROW_RATE),
});

function littleEndian(samples: Int16Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, i) => view.setInt16(i * 2, sample, true));
  return bytes;
}
