import type { Measured } from '../../domain/prompts/take-check.js';
import { Unusable, WIDE_RATE, type Audio, type Finished } from './audio.js';
import { onTheLine } from './band.js';
import { cutToSpeech } from './cut-to-speech.js';
import { finish } from './finish.js';
import { levelOf } from './level.js';

/** A finished sound of one sentence of a prompt. */
export interface FinishedTake extends Finished {
  readonly measured: Measured;
}

/** A shorter file holds no word. */
const LEAST_SECONDS = 0.15;
/** From this size on a sample counts as clipped. G.711 itself ends at 0.98. */
const FULL_SCALE = 0.975;

/** Makes a sound of one sentence, and measures it as it was. Throws {@link Unusable}. */
export function finishTake(audio: Audio): FinishedTake {
  const { rate, samples } = audio;
  if (samples.length < rate * LEAST_SECONDS)
    throw new Unusable('unplayable', `It takes ${(samples.length / rate).toFixed(2)} seconds. That is no word.`);
  const heard = onTheLine(audio);
  // A sound that a line does not carry, such as the hum of the mains, is not speech.
  if (levelOf(heard).silent)
    throw new Unusable('silent', 'Nothing can be heard in it. Speak louder or closer to the microphone.');
  const cut = cutToSpeech(audio, heard);
  const finished = finish(cut.audio, 'person');
  const full = cut.audio.samples.reduce((count, sample) => count + (Math.abs(sample) >= FULL_SCALE ? 1 : 0), 0);
  return {
    ...finished,
    measured: {
      seconds: cut.seconds,
      level: levelOf(onTheLine(cut.audio)).rms,
      clipped: full / cut.audio.samples.length,
      aboveNoise: cut.background === undefined ? undefined : -cut.background,
    },
  };
}

/**
 * Joins finished sounds into one, at their own level. `parts`: 16-bit samples at 16 kHz, or the length of a
 * pause in ms.
 */
export function joined(parts: readonly (Uint8Array | number)[]): Finished {
  const pieces = parts.map((part) =>
    typeof part === 'number' ? new Float64Array(Math.round((part * WIDE_RATE) / 1000)) : samplesOf(part),
  );
  const samples = new Float64Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  return finish({ rate: WIDE_RATE, samples }, 'tone');
}

function samplesOf(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.byteLength / 2 }, (_, i) => view.getInt16(i * 2, true) / 32_767);
}
