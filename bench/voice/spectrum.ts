/** Frames of 64 ms at 8 kHz, so that even the lowest band has several lines of the spectrum. */
const SIZE = 512;
/** Frames this much weaker than the loudest (dB) are pauses. */
const PAUSE_UNDER_LOUDEST = 35;

/** Mean power in each third-octave band of a sound without its pauses, by the band's centre in Hz. */
export function bandPowers(samples: Float64Array, rate: number, centres: readonly number[]): readonly number[] {
  const frames = spectra(samples);
  const total = frames.map((frame) => frame.reduce((sum, power) => sum + power, 0));
  const loudest = Math.max(...total, 0);
  const heard = frames.filter((_, i) => (total[i] ?? 0) > loudest / 10 ** (PAUSE_UNDER_LOUDEST / 10));
  return centres.map((centre) => {
    const [from, to] = [centre / 2 ** (1 / 6), centre * 2 ** (1 / 6)];
    const inBand = (line: number): boolean => (line * rate) / SIZE >= from && (line * rate) / SIZE < to;
    const sum = heard.reduce(
      (all, frame) => all + frame.reduce((power, value, line) => power + (inBand(line) ? value : 0), 0),
      0,
    );
    return heard.length === 0 ? 0 : sum / heard.length;
  });
}

/** Power spectra of frames that overlap by half, with a Hann window. */
function spectra(samples: Float64Array): Float64Array[] {
  const found: Float64Array[] = [];
  for (let at = 0; at + SIZE <= samples.length; at += SIZE / 2) {
    const re = Float64Array.from({ length: SIZE }, (_, i) => {
      const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / SIZE);
      return (samples[at + i] ?? 0) * window;
    });
    const im = new Float64Array(SIZE);
    transform(re, im);
    found.push(Float64Array.from({ length: SIZE / 2 }, (_, line) => (re[line] ?? 0) ** 2 + (im[line] ?? 0) ** 2));
  }
  return found;
}

/** Fast Fourier transform in place (Cooley and Tukey, 1965); the length is a power of two. */
function transform(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i += 1) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j] ?? 0, re[i] ?? 0];
      [im[i], im[j]] = [im[j] ?? 0, im[i] ?? 0];
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    for (let from = 0; from < n; from += size) {
      for (let k = 0; k < size / 2; k += 1) {
        const angle = (-2 * Math.PI * k) / size;
        const [a, b] = [from + k, from + k + size / 2];
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        const tre = (re[b] ?? 0) * cos - (im[b] ?? 0) * sin;
        const tim = (re[b] ?? 0) * sin + (im[b] ?? 0) * cos;
        [re[b], im[b]] = [(re[a] ?? 0) - tre, (im[a] ?? 0) - tim];
        [re[a], im[a]] = [(re[a] ?? 0) + tre, (im[a] ?? 0) + tim];
      }
    }
  }
}
