import { Unusable } from './audio.js';
import type { Audio } from './audio.js';
import { decodeALaw, decodeMuLaw } from './g711.js';
import type { WavFormat } from './wav-chunks.js';
import { readWavChunks } from './wav-chunks.js';

/** Hz. No speech recording has a lower or higher rate. */
const RATES = { least: 4_000, most: 384_000 } as const;
const MOST_CHANNELS = 8;

/** Mono samples of a wav: the mean of its channels. Throws {@link Unusable} `not_a_wav` or `unplayable`. */
export function readWav(file: Uint8Array): Audio {
  const { format, data } = readWavChunks(file);
  const { channels, rate } = format;
  if (channels < 1 || channels > MOST_CHANNELS) throw unplayable(`It has ${channels} channels.`);
  if (rate < RATES.least || rate > RATES.most) throw unplayable(`It has ${rate} samples a second.`);
  const all = samplesOf(format, data);
  const samples = new Float64Array(Math.floor(all.length / channels));
  for (let frame = 0; frame < samples.length; frame += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) sum += all[frame * channels + channel] ?? 0;
    const mean = sum / channels;
    samples[frame] = Number.isFinite(mean) ? Math.max(-1, Math.min(1, mean)) : 0;
  }
  return { rate, samples };
}

/** Samples of all channels, −1 to 1. */
function samplesOf({ code, bits }: WavFormat, data: Uint8Array): Float64Array {
  if (code === 6 && bits === 8) return Float64Array.from(decodeALaw(data), (sample) => sample / 32_768);
  if (code === 7 && bits === 8) return Float64Array.from(decodeMuLaw(data), (sample) => sample / 32_768);
  const reader = readerOf(code, bits);
  if (reader === undefined) throw unplayable(`Its encoding is ${code} with ${bits} bits.`);
  const bytes = bits / 8;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const samples = new Float64Array(Math.floor(data.byteLength / bytes));
  for (let i = 0; i < samples.length; i += 1) samples[i] = reader(view, i * bytes);
  return samples;
}

type Reader = (view: DataView, at: number) => number;

function readerOf(code: number, bits: number): Reader | undefined {
  if (code === 3 && bits === 32) return (view, at) => view.getFloat32(at, true);
  if (code === 3 && bits === 64) return (view, at) => view.getFloat64(at, true);
  if (code !== 1) return undefined;
  if (bits === 8) return (view, at) => (view.getUint8(at) - 128) / 128;
  if (bits === 16) return (view, at) => view.getInt16(at, true) / 2 ** 15;
  if (bits === 24) return (view, at) => (view.getInt16(at + 1, true) * 256 + view.getUint8(at)) / 2 ** 23;
  if (bits === 32) return (view, at) => view.getInt32(at, true) / 2 ** 31;
  return undefined;
}

function unplayable(why: string): Unusable {
  return new Unusable(
    'unplayable',
    `This wav cannot be played. ${why} PCM of 8, 16, 24 or 32 bits, float, A-law and µ-law are allowed, with ` +
      `${RATES.least} to ${RATES.most} samples a second, 1 to ${MOST_CHANNELS} channels and 0.5 to 120 seconds.`,
  );
}
