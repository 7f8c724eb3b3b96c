import { createHash } from 'node:crypto';
import type { Measured } from '../../src/domain/prompts/take-check.js';
import { NO_TAKES, type PromptScript, type Takes } from '../../src/domain/prompts/takes.js';
import type { RecordedPrompts, TakeSound } from '../../src/ports/recorded-prompts.js';
import { SpeechError } from '../../src/ports/speech.js';
import { scriptOf } from './manifest-texts.js';

const GOOD: Measured = { seconds: 3, level: -24, clipped: 0, aboveNoise: 40 };

/** A wav for {@link MemoryPrompts}: bytes that hold their own measurements. */
export const memoryWav = (measured: Partial<Measured> = {}): Buffer =>
  Buffer.from(JSON.stringify({ ...GOOD, ...measured }));

/** Takes in memory. A wav comes from {@link memoryWav}. */
export class MemoryPrompts implements RecordedPrompts {
  takes: Takes = NO_TAKES;
  /** The measurements of bytes that {@link memoryWav} did not make; undefined when those are no wav. */
  otherwise: Measured | undefined;
  /** Set to make the next change fail, as on a full disk. */
  failsWith: Error | undefined;
  readonly #sounds = new Map<string, TakeSound>();

  constructor(public script: PromptScript = scriptOf()) {}

  importTake(wav: Uint8Array): Promise<TakeSound> {
    const text = Buffer.from(wav).toString();
    const measured = text.startsWith('{') ? (JSON.parse(text) as Measured) : this.otherwise;
    if (!measured) return Promise.reject(new SpeechError('not_a_wav', 'This is not a wav file.'));
    const soundId = createHash('sha256').update(wav).digest('hex').slice(0, 32);
    const sound = { soundId, seconds: measured.seconds, measured };
    this.#sounds.set(soundId, sound);
    return Promise.resolve(sound);
  }

  secondsOf(soundId: string): number | undefined {
    return this.#sounds.get(soundId)?.seconds;
  }

  replace(takes: Takes): Promise<void> {
    const error = this.failsWith;
    this.failsWith = undefined;
    if (error) return Promise.reject(error);
    this.takes = takes;
    return Promise.resolve();
  }
}
