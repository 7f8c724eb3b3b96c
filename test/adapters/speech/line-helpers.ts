/**
 * Measures what a telephone line carries of a sound, by a discrete Fourier transform: another way than that
 * of the product, so that the one checks the other.
 */
export const LINE = { from: 300, to: 3_400 } as const;

/** Frames this much weaker than the loudest are pauses, dB. */
const PAUSE = 35;

/** Loudness from 300 to 3,400 Hz without the pauses, dB relative to full scale. */
export function bandLevel(samples: Float64Array, rate: number): number {
  const size = rate / 25;
  const lines = linesOf(size, rate);
  const powers: number[] = [];
  for (let at = 0; at + size <= samples.length; at += size)
    powers.push(bandPower(samples.subarray(at, at + size), lines));
  const loudest = Math.max(...powers);
  const loud = powers.filter((power) => power > loudest / 10 ** (PAUSE / 10));
  return 10 * Math.log10(loud.reduce((sum, power) => sum + power, 0) / loud.length);
}

interface Line {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

/** The lines of the spectrum in the band, 25 Hz apart, each with a Hann window. */
function linesOf(size: number, rate: number): readonly Line[] {
  const from = Math.ceil((LINE.from * size) / rate);
  return Array.from({ length: Math.floor((LINE.to * size) / rate) - from + 1 }, (_, index) => {
    const turn = (2 * Math.PI * (from + index)) / size;
    const hann = (i: number): number => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size);
    return {
      cos: Float64Array.from({ length: size }, (_unused, i) => hann(i) * Math.cos(turn * i)),
      sin: Float64Array.from({ length: size }, (_unused, i) => hann(i) * Math.sin(turn * i)),
    };
  });
}

/** Mean power of one frame of 40 ms in the band. The window takes 3/8 of the power. */
function bandPower(frame: Float64Array, lines: readonly Line[]): number {
  let power = 0;
  for (const { cos, sin } of lines) {
    let [re, im] = [0, 0];
    for (let i = 0; i < frame.length; i += 1) {
      re += frame[i]! * cos[i]!;
      im += frame[i]! * sin[i]!;
    }
    power += (2 * (re * re + im * im)) / frame.length ** 2 / (3 / 8);
  }
  return power;
}

interface Voice {
  /** Hz. */
  readonly rate: number;
  /** Hz of the vocal cords. */
  readonly pitch: number;
  /** Loss above 300 Hz, dB an octave. */
  readonly tilt: number;
  /** Highest sample; default 0.5. */
  readonly size?: number;
}

/**
 * Three seconds that have the level, the peaks and the pauses of a voice, without words: harmonics of one
 * pitch in phase, so that each period has a sharp pulse, in syllables of changing loudness.
 */
export function voiceLike({ rate, pitch, tilt, size = 0.5 }: Voice): Float64Array {
  const harmonics = Array.from(
    { length: Math.floor(Math.min(rate / 2, 5_000) / pitch) },
    (_, i) => (i + 1) * pitch,
  ).map((hz) => ({ hz, gain: hz <= 300 ? 1 : 10 ** ((-tilt * Math.log2(hz / 300)) / 20) }));
  const samples = Float64Array.from({ length: 3 * rate }, (_, i) => {
    const t = i / rate;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 4 * t)) * (t % 1 < 0.8 ? 1 : 0) * (0.5 + 0.5 * ((t * 1.7) % 1));
    return syllable * harmonics.reduce((sum, { hz, gain }) => sum + gain * Math.cos(2 * Math.PI * hz * t), 0);
  });
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return samples.map((sample) => (sample * size) / peak);
}
