import type { SpeechErrorCode } from '../../ports/speech.js';

/** Mono audio in memory. */
export interface Audio {
  /** Hz. */
  readonly rate: number;
  /** −1 to 1. */
  readonly samples: Float64Array;
}

/** A sound in every format that is stored on disk. */
export interface Finished {
  /** 16-bit little-endian, 16 kHz, no header. */
  readonly sln16: Uint8Array;
  /** G.711 A-law, 8 kHz, no header. */
  readonly alaw: Uint8Array;
  /** G.711 µ-law, 8 kHz, no header. */
  readonly ulaw: Uint8Array;
  readonly seconds: number;
  /** Share of the input samples at full scale, 0 to 1. */
  readonly clipped: number;
}

/**
 * A wav or a sound that cannot be used. Outside the worker thread it becomes a `SpeechError` with the same
 * code.
 */
export class Unusable extends Error {
  override readonly name = 'Unusable';
  constructor(
    readonly code: SpeechErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** 16 kHz for softphones, 8 kHz for the trunk. */
export const WIDE_RATE = 16_000;
export const NARROW_RATE = 8_000;

export const decibels = (ratio: number): number => 20 * Math.log10(Math.max(ratio, 1e-10));
export const fromDecibels = (db: number): number => 10 ** (db / 20);
