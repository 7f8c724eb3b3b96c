import { readFile } from 'node:fs/promises';
import { decodeALaw } from '../adapters/speech/g711.js';
import { readWav } from '../adapters/speech/wav-read.js';
import { writeWav } from '../adapters/speech/wav-write.js';

/** Samples a second of everything on the phone network. */
export const RATE = 8_000;

/** 8 kHz mono, −1 to 1. */
export type Samples = Float32Array;

/** Reads an `.alaw` or an 8 kHz `.wav`. Throws when it is another kind of sound. */
export async function readSound(path: string): Promise<Samples> {
  const bytes = await readFile(path);
  if (path.endsWith('.alaw')) return Float32Array.from(decodeALaw(bytes), (sample) => sample / 32_768);
  const { rate, samples } = readWav(bytes);
  if (rate !== RATE) throw new Error(`${path} has ${rate} samples a second; the phone network has ${RATE}`);
  return Float32Array.from(samples);
}

/** A wav of 16 bits, for the phone network to play or for an upload. */
export function wavOf(samples: Samples): Uint8Array {
  return writeWav(
    RATE,
    Int16Array.from(samples, (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767)))),
  );
}
