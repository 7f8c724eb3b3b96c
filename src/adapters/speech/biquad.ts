/**
 * Filters of second order, after R. Bristow-Johnson, Cookbook formulae for audio EQ biquad filter
 * coefficients.
 */
export interface Biquad {
  readonly b: readonly [number, number, number];
  readonly a: readonly [number, number, number];
}

/** Removes what is below `hz`. The default of `q` gives a Butterworth filter of second order. */
export function highPass(hz: number, rate: number, q = Math.SQRT1_2): Biquad {
  const { cos, alpha } = turn(hz, rate, q);
  const edge = (1 + cos) / 2;
  return { b: [edge, -2 * edge, edge], a: [1 + alpha, -2 * cos, 1 - alpha] };
}

/** Removes what is above `hz`. */
export function lowPass(hz: number, rate: number, q = Math.SQRT1_2): Biquad {
  const { cos, alpha } = turn(hz, rate, q);
  const edge = (1 - cos) / 2;
  return { b: [edge, 2 * edge, edge], a: [1 + alpha, -2 * cos, 1 - alpha] };
}

/** Raises what is above `hz`. */
export function highShelf(hz: number, gainDb: number, rate: number): Biquad {
  const size = 10 ** (gainDb / 40);
  const { cos, alpha } = turn(hz, rate, Math.SQRT1_2);
  const slope = 2 * Math.sqrt(size) * alpha;
  return {
    b: [
      size * (size + 1 + (size - 1) * cos + slope),
      -2 * size * (size - 1 + (size + 1) * cos),
      size * (size + 1 + (size - 1) * cos - slope),
    ],
    a: [size + 1 - (size - 1) * cos + slope, 2 * (size - 1 - (size + 1) * cos), size + 1 - (size - 1) * cos - slope],
  };
}

/** The samples after these filters, one after another. */
export function filtered(samples: Float64Array, ...filters: readonly Biquad[]): Float64Array {
  return filters.reduce(passed, samples);
}

function turn(hz: number, rate: number, q: number): { cos: number; alpha: number } {
  const w = (2 * Math.PI * hz) / rate;
  return { cos: Math.cos(w), alpha: Math.sin(w) / (2 * q) };
}

function passed(input: Float64Array, { b, a }: Biquad): Float64Array {
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return input.map((x) => {
    const y = (b[0] * x + b[1] * x1 + b[2] * x2 - a[1] * y1 - a[2] * y2) / a[0];
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return y;
  });
}
