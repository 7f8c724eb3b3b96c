import { lineLoudness } from '../../src/adapters/speech/telephone-level.js';
import { intelligibilityOf } from './intelligibility.js';

/** One sound, as a telephone gets it. */
export interface Measured {
  /** The name of a prompt, or the first words of a message. */
  readonly name: string;
  readonly seconds: number;
  /** Loudness from 300 to 3,400 Hz, dB relative to full scale. */
  readonly level: number;
  /** dB relative to full scale. */
  readonly peak: number;
  /** Pauses of 150 ms or more inside the sound, ms. */
  readonly pauses: readonly number[];
  /** Syllables a second, without the pauses. */
  readonly syllables: number;
  /** Approximate SII in noise with the spectrum of speech, at 0 and at −5 dB. */
  readonly sii0: number;
  readonly sii5: number;
}

const FRAME_MS = 10;
const LEAST_PAUSE_MS = 150;
/** Frames this much weaker than the loudest are silent, dB. */
const SILENT_UNDER_LOUDEST = 35;

/** `said`: the words of the sound, written out. */
export function measure(name: string, said: string, samples: Float64Array, rate: number): Measured {
  const pauses = pausesOf(samples, rate);
  const seconds = samples.length / rate;
  const speaking = seconds - pauses.reduce((sum, ms) => sum + ms, 0) / 1000;
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-9);
  return {
    name,
    seconds: round(seconds, 2),
    level: round(lineLoudness({ rate, samples }), 2),
    peak: round(20 * Math.log10(peak), 2),
    pauses,
    syllables: round(syllablesIn(said) / speaking, 2),
    sii0: round(intelligibilityOf(samples, rate, 0), 3),
    sii5: round(intelligibilityOf(samples, rate, -5), 3),
  };
}

/** Pauses inside a sound, ms. The silence at both ends is not a pause. */
export function pausesOf(samples: Float64Array, rate: number): number[] {
  const size = Math.round((rate * FRAME_MS) / 1000);
  const powers = Array.from({ length: Math.floor(samples.length / size) }, (_, i) =>
    samples.subarray(i * size, (i + 1) * size).reduce((sum, sample) => sum + sample * sample, 0),
  );
  const least = Math.max(...powers, 0) / 10 ** (SILENT_UNDER_LOUDEST / 10);
  const found: number[] = [];
  let silent = 0;
  let begun = false;
  for (const power of powers) {
    if (power > least) {
      if (begun && silent * FRAME_MS >= LEAST_PAUSE_MS) found.push(silent * FRAME_MS);
      [silent, begun] = [0, true];
    } else silent += 1;
  }
  return found;
}

/**
 * Syllables of a Dutch or English text that is written out: groups of vowels. A diaeresis begins a new one.
 * The count is a few per cent off for a text, which is enough to compare voices.
 */
export function syllablesIn(text: string): number {
  return text.toLowerCase().match(/[ëïöü]?[aeiouyáéíóúàèâêîôû]+|[ëïöü]/gu)?.length ?? 0;
}

export const round = (value: number, decimals: number): number => Number(value.toFixed(decimals));
