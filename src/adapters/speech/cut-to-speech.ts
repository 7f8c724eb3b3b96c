import { fromDecibels, type Audio } from './audio.js';

/** A recording cut to its speech, and the loudness of what was cut off. */
export interface Cut {
  readonly audio: Audio;
  /** Length of the speech, in seconds. */
  readonly seconds: number;
  /** Loudness of the background, dB relative to loud speech; undefined when there was too little of it. */
  readonly background: number | undefined;
}

const FRAME_MS = 10;
/** Silence before and after the speech. A soft first consonant begins before the speech is recognised. */
const BEFORE_MS = 50;
const AFTER_MS = 130;
const FADE_MS = 8;
/** Speech lasts this many frames at least. A click of a button or a mouse is shorter. */
const LEAST_FRAMES = 4;
/** Speech is this far above the background, and at most this far below its own loudest frame, dB. */
const ABOVE_BACKGROUND = 10;
const BELOW_LOUDEST = 38;
/** The background never counts as louder than this, relative to the loudest frame, dB. */
const LOUDEST_BACKGROUND = -16;
/** Frames outside the speech that are needed to judge the background. */
const BACKGROUND_FRAMES = 15;
/** Frames beside the speech that may still belong to it. */
const BESIDE_FRAMES = 6;

/**
 * Cuts a recording to its speech, with the same short silence at both ends of every recording. `heard`: the
 * part of the recording that a telephone line carries, at the same rate.
 */
export function cutToSpeech(audio: Audio, heard: Audio): Cut {
  const { rate, samples } = audio;
  const length = Math.round((rate * FRAME_MS) / 1000);
  const powers = powersOf(heard.samples, length);
  const [first, last] = speechIn(powers);
  const from = Math.max(0, first * length - inSamples(BEFORE_MS, rate));
  const end = Math.min(samples.length, (last + 1) * length + inSamples(AFTER_MS, rate));
  const kept = faded(samples.subarray(from, end), inSamples(FADE_MS, rate));
  const missing = Math.max(0, (last + 1) * length + inSamples(AFTER_MS, rate) - samples.length);
  const whole = new Float64Array(kept.length + missing);
  whole.set(kept);
  return {
    audio: { rate, samples: whole },
    seconds: ((last - first + 1) * FRAME_MS) / 1000,
    background: backgroundOf(powers, first, last),
  };
}

const inSamples = (ms: number, rate: number): number => Math.round((ms * rate) / 1000);

function powersOf(samples: Float64Array, length: number): readonly number[] {
  const powers: number[] = [];
  for (let from = 0; from + length <= samples.length; from += length) {
    let sum = 0;
    for (let at = from; at < from + length; at++) sum += (samples[at] ?? 0) ** 2;
    powers.push(sum / length);
  }
  return powers;
}

/** The first and the last frame of speech. */
function speechIn(powers: readonly number[]): readonly [number, number] {
  const loudest = powers.reduce((most, power) => Math.max(most, power), 0);
  const softest = powers.toSorted((a, b) => a - b)[Math.floor(powers.length / 10)] ?? 0;
  const background = Math.min(softest, loudest * power(LOUDEST_BACKGROUND));
  const threshold = Math.max(background * power(ABOVE_BACKGROUND), loudest * power(-BELOW_LOUDEST));
  const isSpeech = (at: number): boolean =>
    Array.from({ length: LEAST_FRAMES }, (_, next) => powers[at + next] ?? 0).every((one) => one > threshold);
  const starts = powers.flatMap((_, at) => (isSpeech(at) ? [at] : []));
  const [first, last] = [starts[0], starts.at(-1)];
  // Without any speech the whole recording is kept, and the check of its level refuses it.
  if (first === undefined || last === undefined) return [0, Math.max(0, powers.length - 1)];
  return [first, last + LEAST_FRAMES - 1];
}

const power = (db: number): number => fromDecibels(db) ** 2;

/** The median of the frames outside the speech, so that one click does not count. */
function backgroundOf(powers: readonly number[], first: number, last: number): number | undefined {
  const outside = [...powers.slice(0, Math.max(0, first - BESIDE_FRAMES)), ...powers.slice(last + 1 + BESIDE_FRAMES)];
  if (outside.length < BACKGROUND_FRAMES) return undefined;
  const median = outside.toSorted((a, b) => a - b)[Math.floor(outside.length / 2)] ?? 0;
  const speech = powers.slice(first, last + 1).toSorted((a, b) => b - a);
  const loud = speech[Math.floor(speech.length / 10)] ?? 0;
  return 10 * Math.log10(Math.max(median, 1e-20) / Math.max(loud, 1e-20));
}

/** The samples with a short rise and fall, so that the cut makes no click. */
function faded(samples: Float64Array, length: number): Float64Array {
  return samples.map((sample, at) => sample * Math.min(1, (at + 1) / length, (samples.length - at) / length));
}
