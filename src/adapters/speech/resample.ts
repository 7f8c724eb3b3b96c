import type { Audio } from './audio.js';

/** Zero crossings of the sinc on each side. More of them make the filter steeper. */
const CROSSINGS = 32;
/** Stored kernel values per zero crossing, with interpolation between them (error below −90 dB). */
const STEPS = 512;
/**
 * Kaiser window: 9 gives about 90 dB of rejection (Oppenheim & Schafer, Discrete-Time Signal Processing,
 * 7.5.3).
 */
const BETA = 9;
/** Pass band, as a fraction of half the lower rate. The rest is the slope of the filter. */
const PASS = 0.92;

/**
 * Band-limited resampling with a windowed sinc: frequencies above half the new rate are removed, those below
 * are kept. Decision 0014 says why this is our own code.
 */
export function resample(audio: Audio, rate: number): Audio {
  if (audio.rate === rate) return audio;
  const ratio = rate / audio.rate;
  const cutoff = Math.min(1, ratio) * PASS;
  const reach = CROSSINGS / cutoff;
  const input = audio.samples;
  const output = new Float64Array(Math.round(input.length * ratio));
  for (let n = 0; n < output.length; n += 1) {
    const centre = n / ratio;
    const last = Math.min(input.length - 1, Math.floor(centre + reach));
    let sum = 0;
    for (let i = Math.max(0, Math.ceil(centre - reach)); i <= last; i += 1) {
      sum += (input[i] ?? 0) * kernelAt(Math.abs(centre - i) * cutoff);
    }
    output[n] = sum * cutoff;
  }
  return { rate, samples: output };
}

/** Half of the kernel, from its centre to its end. */
const KERNEL = Float64Array.from({ length: CROSSINGS * STEPS + 2 }, (_, i) => {
  const x = i / STEPS;
  if (x >= CROSSINGS) return 0;
  const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  return (sinc * bessel(BETA * Math.sqrt(1 - (x / CROSSINGS) ** 2))) / bessel(BETA);
});

function kernelAt(x: number): number {
  const place = x * STEPS;
  const i = Math.floor(place);
  const before = KERNEL[i] ?? 0;
  return before + ((KERNEL[i + 1] ?? 0) - before) * (place - i);
}

/** Modified Bessel function of order zero, by its power series. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
