import type { Finished } from './audio.js';

/** One way to speak. */
export interface SpeechEngine {
  /** Name, version and voice in one line: part of every content hash, so that a new voice makes new sounds. */
  readonly id: string;
  /** Speaks a normalised text. Throws `SpeechError`. */
  speak(text: string): Promise<Finished>;
  /** Whether it can speak now. */
  available(): Promise<boolean>;
}

/** What an operator may choose. `auto`: the command if there is one, else `say` where it has a Dutch voice, else embedded. */
export const ENGINE_CHOICES = ['auto', 'embedded', 'say', 'command'] as const;
export type EngineChoice = (typeof ENGINE_CHOICES)[number];
