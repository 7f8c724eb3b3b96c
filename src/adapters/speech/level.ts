import type { Audio } from './audio.js';
import { decibels, fromDecibels } from './audio.js';

/**
 * A frame below this loudness (dB relative to full scale) cannot be heard on a telephone line. A sound with
 * fewer frames above it is a click at most, such as the beginning of a hum.
 */
const SILENT_RMS = -58;
const LEAST_HEARD_FRAMES = 5;
/** Frames this much weaker than the loudest frame (dB) are pauses, and do not count for the loudness. */
const PAUSE_UNDER_LOUDEST = 35;
const FRAME_MS = 20;

export interface Level {
  /** RMS without pauses, dB relative to full scale. */
  readonly rms: number;
  /** dB relative to full scale. */
  readonly peak: number;
  /** Share of the samples at full scale, 0 to 1. */
  readonly clipped: number;
  readonly silent: boolean;
}

/** Measures loudness, peak, clipping and silence. */
export function levelOf({ rate, samples }: Audio): Level {
  let peak = 0;
  let full = 0;
  for (const sample of samples) {
    const size = Math.abs(sample);
    if (size > peak) peak = size;
    if (size >= 0.999) full += 1;
  }
  const powers = frames(samples, Math.round((rate * FRAME_MS) / 1000));
  return {
    rms: decibels(Math.sqrt(loudPower(powers))),
    peak: decibels(peak),
    clipped: samples.length === 0 ? 0 : full / samples.length,
    silent: powers.filter((power) => power > fromDecibels(SILENT_RMS) ** 2).length < LEAST_HEARD_FRAMES,
  };
}

/** The same sound centred on zero. A constant offset takes headroom and clicks at both ends. */
export function withoutOffset({ rate, samples }: Audio): Audio {
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / Math.max(1, samples.length);
  return { rate, samples: samples.map((sample) => sample - mean) };
}

/** 16-bit samples. */
export function toInt16(samples: Float64Array): Int16Array {
  return Int16Array.from(samples, (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767))));
}

function frames(samples: Float64Array, length: number): number[] {
  const powers: number[] = [];
  for (let from = 0; from < samples.length; from += length) {
    const frame = samples.subarray(from, from + length);
    powers.push(frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length);
  }
  return powers;
}

function loudPower(powers: readonly number[]): number {
  const loudest = powers.reduce((most, power) => Math.max(most, power), 0);
  const loud = powers.filter((power) => power > loudest * fromDecibels(-PAUSE_UNDER_LOUDEST) ** 2);
  return loud.length === 0 ? 0 : loud.reduce((sum, power) => sum + power, 0) / loud.length;
}
