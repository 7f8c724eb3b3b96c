import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { goertzel, rms } from '../adapters/speech/sound-helpers.js';
import { VoiceModel } from './onnx-writer.js';

/**
 * Voices for tests, made by code. The *echo* voice turns each phoneme into a burst of two tones, so that a
 * test reads the phonemes back from any sound, also from the sound of a telephone call. The *cost* voice has
 * the layers of a Piper voice of quality "medium" with random weights, so it costs as much time.
 */

/** The phonemes of espeak-ng that Piper numbers, in an order of ours. */
const PHONEMES =
  "_^$ !'(),-.:;?abcdefhijklmnopqrstuvwxyzæçðøħŋœǀǁǂǃɐɑɒɓɔɕɖɗɘəɚɛɜɞɟɠɡɢɣɤɥɦɧɨɪɫɬɭɮɯɰɱɲɳɴɵɶɸɹɺɻɽɾʀʁʂʃʄʈʉʊʋʌʍʎʏʐʑʒ" +
  'ʔʕʘʙʛʜʝʟʡʢʲˈˌːˑ˞βθχᵻⱱ\u0303\u0327\u0329\u032a';
const ID_OF = Object.fromEntries(Array.from(PHONEMES, (phoneme, id) => [phoneme, id]));

const LOW_HZ = Array.from({ length: 16 }, (_, i) => 420 + 70 * i);
const HIGH_HZ = Array.from({ length: 16 }, (_, i) => 1700 + 100 * i);
export const ECHO_RATE = 16_000;
/** Length of a burst, and of the silence between two bursts. */
export const BURST_MS = 40;
const RAMP_MS = 4;

/** The settings file of a Piper voice, with changes. */
export function piperSettings(rate: number, change: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    audio: { sample_rate: rate, quality: 'medium' },
    espeak: { voice: 'nl' },
    language: { code: 'nl_NL', family: 'nl' },
    inference: { noise_scale: 0.667, length_scale: 1, noise_w: 0.8 },
    phoneme_type: 'espeak',
    phoneme_id_map: Object.fromEntries(Object.entries(ID_OF).map(([phoneme, id]) => [phoneme, [id]])),
    num_speakers: 1,
    dataset: 'test',
    license: 'CC0',
    ...change,
  });
}

/** A model whose sound names the phonemes that it was given. */
export function echoModel(): Buffer {
  const model = new VoiceModel();
  const length = (ECHO_RATE * BURST_MS) / 1000;
  const ramp = (ECHO_RATE * RAMP_MS) / 1000;
  const table = model.floats([256, length], (i) => {
    const [id, at] = [Math.floor(i / length), i % length];
    if (id === ID_OF['_']) return 0;
    const edge = Math.min(1, at / ramp, (length - 1 - at) / ramp);
    const [low, high] = [LOW_HZ[Math.floor(id / 16)] ?? 0, HIGH_HZ[id % 16] ?? 0];
    return 0.25 * edge * [low, high].reduce((sum, hz) => sum + Math.sin((2 * Math.PI * hz * at) / ECHO_RATE), 0);
  });
  const gathered = model.node('Gather', [table, 'input'], { axis: 0 });
  return model.bytes(model.node('Reshape', [gathered, model.integers([1, 1, 1, -1])]));
}

/** One phoneme that was heard, and when it began. */
export interface EchoedPhoneme {
  readonly phoneme: string;
  readonly atMs: number;
}

/** The phonemes in a sound of the echo voice, also after a telephone line. */
export function echoed(samples: Float32Array | Float64Array, rate: number): readonly EchoedPhoneme[] {
  const frame = (rate * 5) / 1000;
  const levels: number[] = [];
  for (let from = 0; from + frame <= samples.length; from += frame)
    levels.push(10 ** (rms(samples.subarray(from, from + frame)) / 20));
  const loud = Math.max(...levels) / 8;
  const found: EchoedPhoneme[] = [];
  for (let at = 0; at < levels.length; at += 1) {
    if ((levels[at] ?? 0) < loud) continue;
    let end = at;
    while ((levels[end] ?? 0) >= loud) end += 1;
    // A shorter sound is noise at the edge of a burst.
    if (end - at >= 4)
      found.push({ phoneme: phonemeIn(samples.subarray(at * frame, end * frame), rate), atMs: at * 5 });
    at = end;
  }
  return found;
}

/** The sentences in a sound: the phonemes between the marks of a start and an end. */
export function echoedSentences(samples: Float32Array | Float64Array, rate: number): readonly string[] {
  const all = echoed(samples, rate).map(({ phoneme }) => phoneme);
  return [...all.join('').matchAll(/\^([^^$]*)\$/gu)].map(([, sentence = '']) => sentence);
}

function phonemeIn(burst: Float32Array | Float64Array, rate: number): string {
  const strongest = (tones: readonly number[]): number => {
    const powers = tones.map((hz) => goertzel(burst, hz, rate));
    return powers.indexOf(Math.max(...powers));
  };
  return Array.from(PHONEMES)[16 * strongest(LOW_HZ) + strongest(HIGH_HZ)] ?? '�';
}

/** Writes the two files of a voice. Returns the path of the model. */
export async function writeVoice(
  folder: string,
  name: string,
  model: Uint8Array,
  settings = piperSettings(ECHO_RATE),
): Promise<string> {
  const path = join(folder, `${name}.onnx`);
  await writeFile(path, model);
  await writeFile(`${path}.json`, settings);
  return path;
}

/** Frames of 11.6 ms for each phoneme and each blank: 3 make 28 phonemes a second, as a slow speaker does. */
const FRAMES = 3;
const HIDDEN = 192;

/**
 * The layers of a Piper voice of quality "medium" (its text encoder without the products of attention, flow
 * and HiFi-GAN), with random weights and 61 MB. Its sound is noise.
 */
export function costModel(): Buffer {
  const model = new VoiceModel();
  let seed = 1;
  const random = (): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32 - 0.5;
  const weights = (dimensions: readonly number[], fan: number): string =>
    model.floats(dimensions, () => (random() * 3.4) / Math.sqrt(fan));
  const conv = (x: string, from: number, to: number, kernel: number, dilation = 1): string => {
    const pad = (dilation * (kernel - 1)) / 2;
    return model.node('Conv', [x, weights([to, from, kernel], from * kernel), model.floats([to], () => 0)], {
      kernel_shape: [kernel],
      dilations: [dilation],
      pads: [pad, pad],
      strides: [1],
      group: 1,
    });
  };
  const upsample = (x: string, from: number, to: number, kernel: number, stride: number): string => {
    const pad = (kernel - stride) / 2;
    const inputs = [x, weights([from, to, kernel], (from * kernel) / stride), model.floats([to], () => 0)];
    return model.node('ConvTranspose', inputs, {
      kernel_shape: [kernel],
      strides: [stride],
      pads: [pad, pad],
      dilations: [1],
      group: 1,
    });
  };
  const leaky = (x: string): string => model.node('LeakyRelu', [x], { alpha: 0.100_000_1 });
  const tanh = (x: string): string => model.node('Tanh', [x]);
  const add = (x: string, y: string): string => model.node('Add', [x, y]);

  const embedded = model.node('Gather', [weights([256, HIDDEN], 1), 'input'], { axis: 0 });
  let x = model.node('Transpose', [embedded], { perm: [0, 2, 1] });
  for (let layer = 0; layer < 6; layer += 1) {
    for (let product = 0; product < 4; product += 1) x = tanh(conv(x, HIDDEN, HIDDEN, 1));
    const wide = model.node('Relu', [conv(x, HIDDEN, 768, 3)]);
    x = tanh(add(x, conv(wide, 768, HIDDEN, 3)));
  }
  const column = model.node('Unsqueeze', [x, model.integers([3])]);
  const repeated = model.node('Expand', [column, model.integers([1, 1, 1, FRAMES])]);
  x = model.node('Reshape', [repeated, model.integers([1, HIDDEN, -1])]);
  for (let step = 0; step < 4; step += 1) {
    let h = conv(x, HIDDEN, HIDDEN, 1);
    for (let layer = 0; layer < 4; layer += 1) {
      const y = conv(h, HIDDEN, 2 * HIDDEN, 5);
      const half = (from: number): string =>
        model.node('Slice', [y, model.integers([from]), model.integers([from + HIDDEN]), model.integers([1])]);
      const gated = model.node('Mul', [tanh(half(0)), model.node('Sigmoid', [half(HIDDEN)])]);
      h = add(h, conv(gated, HIDDEN, HIDDEN, 1));
    }
    x = tanh(add(x, conv(h, HIDDEN, HIDDEN, 1)));
  }
  let channels = 256;
  x = conv(x, HIDDEN, channels, 7);
  for (const [stride, kernel] of [
    [8, 16],
    [8, 16],
    [4, 8],
  ] as const) {
    x = upsample(leaky(x), channels, channels / 2, kernel, stride);
    channels /= 2;
    const blocks = (
      [
        [3, [1, 2]],
        [5, [2, 6]],
        [7, [3, 12]],
      ] as const
    ).map(([size, dilations]) =>
      dilations.reduce((r, dilation) => add(conv(leaky(r), channels, channels, size, dilation), r), x),
    );
    const sum = blocks.reduce(add);
    x = model.node('Mul', [sum, model.floats([], () => 1 / 3)]);
  }
  const sound = tanh(conv(leaky(x), channels, 1, 7));
  return model.bytes(model.node('Unsqueeze', [sound, model.integers([1])]));
}
