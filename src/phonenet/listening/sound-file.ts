import { readFile } from 'node:fs/promises';
import { decodeALaw } from '../../adapters/speech/g711.js';
import { readWavChunks } from '../../adapters/speech/wav-chunks.js';
import { writeWav } from '../../adapters/speech/wav-write.js';

/** Samples a second of all sound on the phone network. */
export const RATE = 8_000;

/** 8 kHz mono, −1 to 1. */
export type Samples = Float32Array;

/**
 * Reads an `.alaw`, or a `.wav` as the phone network records it: 8 kHz, mono, 16 bits. Throws on another
 * format.
 */
export async function readSound(path: string): Promise<Samples> {
  const bytes = await readFile(path);
  if (path.endsWith('.alaw')) return scaled(decodeALaw(bytes));
  const { format, data } = readWavChunks(bytes);
  if (format.rate !== RATE || format.channels !== 1 || format.code !== 1 || format.bits !== 16) {
    throw new Error(`${path} is not a wav of the phone network: 8 kHz, mono, 16 bits`);
  }
  // A copy, because the samples must start at an even offset.
  return scaled(new Int16Array(new Uint8Array(data.subarray(0, data.length & ~1)).buffer));
}

function scaled(values: Int16Array): Samples {
  const samples = new Float32Array(values.length);
  for (let i = 0; i < values.length; i += 1) samples[i] = (values[i] ?? 0) / 32_768;
  return samples;
}

/** A wav file of 16 bits, for the phone network to play or for an upload. */
export function wavOf(samples: Samples): Uint8Array {
  return writeWav(
    RATE,
    Int16Array.from(samples, (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767)))),
  );
}
