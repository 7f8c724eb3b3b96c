import { finish } from '../../src/adapters/speech/finish.js';
import { decodeALaw } from '../../src/adapters/speech/g711.js';
import { writeWav } from '../../src/adapters/speech/wav-write.js';
import { PROMPTS, type PromptName } from '../../src/domain/messages.js';
import { MARKS, type Mark } from '../lib/far-end/marks.js';
import { PACKET_MS } from '../lib/far-end/rtp.js';

/**
 * The sounds of a call in the benchmark: those of an alert call, each cut short, so that a call takes a
 * little over two seconds and 300 lines carry more than 100 calls a second. Both sides play these same
 * sounds.
 */
export const LENGTHS_MS = { prompt: 800, silence: 60, ending: 200, thanks: 100, message: 500 } as const;

/** How long every telephone rings, when it presses its digit after the answer, and for how long, ms. */
export const RING = { least: 150, most: 350 } as const;
export const HABIT = { digitAfterMs: 400, digitMs: 80 } as const;

const RATE = 8_000;
const SAMPLES_PER_MS = RATE / 1000;
const TONE_HZ = 437;

/**
 * How many silences are played: between the prompts, between the two plays of the message, after the ending.
 */
export const SILENCES = { afterPrompt: 1, betweenPlays: 1, afterEnding: 1 } as const;
export const PROMPT_TIMES = 3;

/** How long a call holds its line when only ringing, digit and sounds take time, ms. */
export const HOLD_MS =
  (RING.least + RING.most) / 2 +
  HABIT.digitAfterMs +
  HABIT.digitMs +
  2 * LENGTHS_MS.message +
  (SILENCES.betweenPlays + SILENCES.afterEnding) * LENGTHS_MS.silence +
  LENGTHS_MS.ending +
  LENGTHS_MS.thanks;

/** Voice packets of the message in a call that was heard to its end. */
export const MESSAGE_PACKETS = (2 * LENGTHS_MS.message) / PACKET_MS;

const MARK_OF: Partial<Record<PromptName, Mark>> = { 'alert-prompt': 'prompt', ending: 'ending', thanks: 'thanks' };

/** A sound in A-law that repeats one mark. */
export function markedSound(mark: Mark): Uint8Array {
  return new Uint8Array(LENGTHS_MS[mark] * SAMPLES_PER_MS).fill(MARKS[mark]);
}

/**
 * Every prompt of the product, in A-law. The prompts of an alert call have their marks; the others are
 * silent.
 */
export function shortPrompts(): ReadonlyMap<PromptName, Uint8Array> {
  return new Map(PROMPTS.map((name) => [name, markedSound(MARK_OF[name] ?? 'silence')]));
}

function tone(): Int16Array {
  const length = LENGTHS_MS.message * SAMPLES_PER_MS;
  return Int16Array.from({ length }, (_, i) => Math.round(8_000 * Math.cos((2 * Math.PI * TONE_HZ * i) / RATE)));
}

/** The message as a WAV file, as a centralist would upload it. */
export function messageWav(): Uint8Array {
  return writeWav(RATE, tone());
}

/** The same message in A-law, as the product keeps it after an upload. The bare side plays this one. */
export function messageSound(): Uint8Array {
  return finish({ rate: RATE, samples: Float64Array.from(tone(), (sample) => sample / 32_768) }, 'person').alaw;
}

/**
 * An A-law sound converted to 16 bits at twice the sample rate, as the product keeps it beside the A-law
 * file.
 */
export function widened(alaw: Uint8Array): Uint8Array {
  const narrow = decodeALaw(alaw);
  const wide = Buffer.alloc(narrow.length * 4);
  narrow.forEach((sample, i) => {
    wide.writeInt16LE(sample, i * 4);
    wide.writeInt16LE(sample, i * 4 + 2);
  });
  return wide;
}
