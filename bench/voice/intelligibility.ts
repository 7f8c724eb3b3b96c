import { bandPowers } from './spectrum.js';

/**
 * An approximation of the Speech Intelligibility Index, ANSI S3.5-1997, third-octave procedure, for a
 * telephone line: only the bands from 300 to 3,400 Hz, without hearing loss, without spread of masking, at a
 * comfortable level. It compares voices with each other, and does not tell how many words a listener gets.
 *
 * `importance`: band importance for average speech (table 3). `speech`: standard speech spectrum level at
 * normal vocal effort, dB (table 3).
 */
const BANDS = [
  { centre: 315, importance: 0.0289, speech: 33.98 },
  { centre: 400, importance: 0.044, speech: 34.59 },
  { centre: 500, importance: 0.0578, speech: 34.27 },
  { centre: 630, importance: 0.0653, speech: 32.06 },
  { centre: 800, importance: 0.0711, speech: 28.3 },
  { centre: 1000, importance: 0.0818, speech: 25.01 },
  { centre: 1250, importance: 0.0844, speech: 23 },
  { centre: 1600, importance: 0.0882, speech: 20.15 },
  { centre: 2000, importance: 0.0898, speech: 17.32 },
  { centre: 2500, importance: 0.0868, speech: 13.18 },
  { centre: 3150, importance: 0.0844, speech: 11.55 },
] as const;

export const BAND_CENTRES: readonly number[] = BANDS.map(({ centre }) => centre);
const ALL = BANDS.reduce((sum, { importance }) => sum + importance, 0);

/** Power of standard speech in each band: its spectrum level over the width of the band. */
export const STANDARD_SPEECH: readonly number[] = BANDS.map(
  ({ centre, speech }) => 10 ** (speech / 10) * width(centre),
);

/**
 * The index, 0 to 1, of a voice with this power in each band, in noise that has the spectrum of standard
 * speech. `snr`: power of the voice against that of the noise, over all bands together, dB.
 */
export function intelligibility(voice: readonly number[], snr: number): number {
  const total = (powers: readonly number[]): number => powers.reduce((sum, power) => sum + power, 0);
  const noise = total(voice) / total(STANDARD_SPEECH) / 10 ** (snr / 10);
  const index = BANDS.reduce((sum, { importance }, i) => {
    const inBand = 10 * Math.log10(Math.max(voice[i] ?? 0, 1e-20) / ((STANDARD_SPEECH[i] ?? 1) * noise));
    // A band is heard from −15 dB on, and wholly at +15 dB (5.7 of the standard).
    return sum + importance * Math.min(1, Math.max(0, (inBand + 15) / 30));
  }, 0);
  return index / ALL;
}

export const intelligibilityOf = (samples: Float64Array, rate: number, snr: number): number =>
  intelligibility(bandPowers(samples, rate, BAND_CENTRES), snr);

/** Width of a third-octave band, Hz. */
function width(centre: number): number {
  return centre * (2 ** (1 / 6) - 2 ** (-1 / 6));
}
