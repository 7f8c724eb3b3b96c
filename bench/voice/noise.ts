import { filtered, highPass, lowPass } from '../../src/adapters/speech/biquad.js';
import { bandPowers } from './spectrum.js';
import { BAND_CENTRES, STANDARD_SPEECH } from './intelligibility.js';

/**
 * The sound in noise that has the spectrum of standard speech. `snr`: power of the sound without its pauses
 * against that of the noise, in the band of a telephone line, dB. The same `seed` gives the same noise. The
 * whole is turned down so that no sample is too large.
 */
export function inNoise(samples: Float64Array, rate: number, snr: number, seed: number): Float64Array {
  const noise = speechNoise(samples.length, rate, seed);
  const total = (of: Float64Array): number => bandPowers(of, rate, BAND_CENTRES).reduce((sum, power) => sum + power, 0);
  const gain = Math.sqrt(total(samples) / total(noise) / 10 ** (snr / 10));
  const mixed = samples.map((sample, i) => sample + (noise[i] ?? 0) * gain);
  const peak = mixed.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-9);
  return mixed.map((sample) => (sample * 0.9) / Math.max(peak, 0.9));
}

/** Noise with the spectrum of standard speech: white noise in third-octave bands, each with its own power. */
export function speechNoise(length: number, rate: number, seed: number): Float64Array {
  const sum = new Float64Array(length);
  for (const [i, centre] of BAND_CENTRES.entries()) {
    const [from, to] = [centre / 2 ** (1 / 6), Math.min(centre * 2 ** (1 / 6), rate * 0.48)];
    const sides = [0.541_196_1, 1.306_563].flatMap((q) => [highPass(from, rate, q), lowPass(to, rate, q)]);
    // Noise of its own for each band: where two bands of one noise overlap, they cancel each other.
    const band = filtered(whiteNoise(length, seed * 100 + i), ...sides);
    const power = band.reduce((all, sample) => all + sample * sample, 0) / length;
    const gain = Math.sqrt((STANDARD_SPEECH[i] ?? 0) / power);
    for (let at = 0; at < length; at += 1) sum[at] = (sum[at] ?? 0) + (band[at] ?? 0) * gain;
  }
  const rms = Math.sqrt(sum.reduce((all, sample) => all + sample * sample, 0) / length);
  return sum.map((sample) => (sample / rms) * 0.1);
}

/** Uniform noise from a linear congruential generator (Numerical Recipes). */
function whiteNoise(length: number, seed: number): Float64Array {
  let state = Math.imul(seed + 1, 0x9e37_79b1) >>> 0;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
