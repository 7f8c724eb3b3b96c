import type { Respelt } from '../../domain/spoken/lexicon.js';
import type { Finished } from './audio.js';

/** Turns text into sound. */
export interface SpeechEngine {
  /**
   * Name, version and voice in one line. It is part of every content hash, so that sounds are rendered again
   * for another voice.
   */
  readonly id: string;
  /** Name of the voice, as people see it beside a message: `embedded`, `natural nl_NL-alex-medium`. */
  readonly voice: string;
  /**
   * A normalised text as this engine reads it: respelt by the lexicon, or unchanged. Part of every content
   * hash.
   */
  reads(normalised: string): Respelt;
  /** Speaks a normalised text. Throws `SpeechError`. */
  speak(text: string): Promise<Finished>;
  /** Whether the engine works now. */
  available(): Promise<boolean>;
  /** Present only in an engine that can be blocked: why it does not speak now; empty when it does. */
  blockedBy?(): string;
}

/**
 * Values of the setting. `auto` is the command if there is one, else the natural voice in use, else `say` on
 * macOS and Windows, else embedded.
 */
export const ENGINE_CHOICES = ['auto', 'embedded', 'natural', 'say', 'command'] as const;
export type EngineChoice = (typeof ENGINE_CHOICES)[number];

export interface ChosenEngine {
  readonly engine: SpeechEngine;
  /** Speaks a text that the engine cannot speak. */
  readonly fallback?: SpeechEngine;
  close(): Promise<void>;
}

/**
 * The engine of the setting. `auto` tries its candidates, which may take a minute. The start of the service
 * does not wait for that.
 */
export interface EngineInUse {
  /** Undefined while the candidates are being tried. */
  readonly known: ChosenEngine | undefined;
  readonly chosen: Promise<ChosenEngine>;
}
