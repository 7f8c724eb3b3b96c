import type { Audio } from './audio.js';

/**
 * Shapes a synthetic voice for the band of a telephone (300 to 3,400 Hz). Sound below 200 Hz is removed,
 * because a line does not carry it and it takes headroom. Sound above 1.5 kHz is raised, because it
 * distinguishes consonants and old ears miss it most. Filters after R. Bristow-Johnson, Cookbook formulae for
 * audio EQ biquad filter coefficients.
 */
export function forTelephone(audio: Audio): Audio {
  const samples = biquad(biquad(audio.samples, highPass(200, audio.rate)), highShelf(1500, 4, audio.rate));
  return { rate: audio.rate, samples };
}

interface Biquad {
  readonly b: readonly [number, number, number];
  readonly a: readonly [number, number, number];
}

function highPass(hz: number, rate: number): Biquad {
  const w = (2 * Math.PI * hz) / rate;
  const alpha = Math.sin(w) / Math.SQRT2;
  const edge = (1 + Math.cos(w)) / 2;
  return { b: [edge, -2 * edge, edge], a: [1 + alpha, -2 * Math.cos(w), 1 - alpha] };
}

function highShelf(hz: number, gainDb: number, rate: number): Biquad {
  const size = 10 ** (gainDb / 40);
  const w = (2 * Math.PI * hz) / rate;
  const cos = Math.cos(w);
  const slope = 2 * Math.sqrt(size) * (Math.sin(w) / Math.SQRT2);
  return {
    b: [
      size * (size + 1 + (size - 1) * cos + slope),
      -2 * size * (size - 1 + (size + 1) * cos),
      size * (size + 1 + (size - 1) * cos - slope),
    ],
    a: [size + 1 - (size - 1) * cos + slope, 2 * (size - 1 - (size + 1) * cos), size + 1 - (size - 1) * cos - slope],
  };
}

function biquad(input: Float64Array, { b, a }: Biquad): Float64Array {
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return input.map((x) => {
    const y = (b[0] * x + b[1] * x1 + b[2] * x2 - a[1] * y1 - a[2] * y2) / a[0];
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return y;
  });
}
