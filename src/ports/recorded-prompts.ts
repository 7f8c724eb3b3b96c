import type { Measured } from '../domain/prompts/take-check.js';
import type { PromptScript, Takes } from '../domain/prompts/takes.js';
import type { RenderedSound } from './speech.js';

/** A recording of a sentence, ready to play, with its measurements. */
export interface TakeSound extends RenderedSound {
  readonly measured: Measured;
}

/** The fixed prompts as persons spoke them: their takes, kept on disk, and the prompts that are played. */
export interface RecordedPrompts {
  /** The texts of the prompts of this version, with the words of the settings. */
  readonly script: PromptScript;
  /** The takes of all readers. */
  readonly takes: Takes;
  /**
   * Imports a wav with one sentence: cuts it to the speech, brings it to telephone level and measures it. No
   * call hears it before `replace` names it. Throws `SpeechError` when the wav cannot be used at all.
   */
  importTake(wav: Uint8Array): Promise<TakeSound>;
  /** Length of an imported sound in seconds; undefined when there is no such sound. */
  secondsOf(soundId: string): number | undefined;
  /**
   * Stores these takes in place of all others, and plays the prompts of every complete set from now on. Calls
   * in progress go on. When it rejects, nothing has changed.
   */
  replace(takes: Takes): Promise<void>;
}
