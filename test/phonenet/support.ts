import { RATE, type Samples } from '../../src/phonenet/listening/sound-file.js';

/** Speech-like noise in syllables of varying loudness. The same seed gives the same noise. */
export function babble(seed: number, ms: number): Samples {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  const samples = new Float32Array((ms * RATE) / 1000);
  let level = 0;
  let last = 0;
  for (let i = 0; i < samples.length; i += 1) {
    if (i % 800 === 0) level = 0.05 + 0.3 * random();
    // A low-pass filter makes the noise a little like a voice.
    last = 0.6 * last + 0.4 * (random() - 0.5);
    samples[i] = level * last;
  }
  return samples;
}

export const silent = (ms: number): Samples => new Float32Array((ms * RATE) / 1000);

export function joined(...parts: readonly Samples[]): Samples {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export const cut = (sound: Samples, fromMs: number, toMs: number): Samples =>
  sound.subarray((fromMs * RATE) / 1000, (toMs * RATE) / 1000);
