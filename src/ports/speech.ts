import type { Sound } from '../domain/messages.js';

/** A sound that is ready to play. Its files are named by its content hash. */
export interface RenderedSound {
  /** 32 hex digits of the SHA-256 of the content. */
  readonly soundId: string;
  readonly seconds: number;
}

/** A text as sound. */
export interface SpokenSound extends RenderedSound {
  /** Name of the voice that spoke it. Another voice than the chosen one speaks while that one cannot. */
  readonly voice: string;
}

/** A text as a voice reads it. */
export interface ReadAloud {
  /** In words and pauses. */
  readonly spoken: string;
  /** The words that the voice reads by another spelling, as they stand in its lexicon. */
  readonly words: readonly { readonly word: string; readonly say: string }[];
}

export const SPEECH_ERRORS = ['empty', 'too_long', 'not_a_wav', 'unplayable', 'silent', 'engine_failed'] as const;
export type SpeechErrorCode = (typeof SPEECH_ERRORS)[number];

/** Thrown when a text or wav file cannot become a sound. The message says what is allowed. */
export class SpeechError extends Error {
  override readonly name = 'SpeechError';
  constructor(
    readonly code: SpeechErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** How many of the fixed prompts speak with the engine in use. The others play as they were before. */
export interface PromptProgress {
  readonly rendered: number;
  readonly all: number;
  /** Why the others cannot be rendered now; empty while rendering goes on. */
  readonly blockedBy: string;
}

/** Makes sounds from text and recordings, in every format that the trunk and the softphones accept. */
export interface Speech {
  /** Name and version of the engine in use; `auto` while it is being chosen. */
  readonly engine: string;
  /**
   * Renders a Dutch text. The same text gives the same sound and is rendered once. A message for citizens
   * says each number plate twice, so that they can write it down. Throws {@link SpeechError}.
   */
  render(text: string, as?: 'message'): Promise<SpokenSound>;
  /** How a message will be said. Throws {@link SpeechError} for a text that cannot be rendered. */
  read(text: string): ReadAloud;
  /**
   * Imports an uploaded wav file (PCM, any rate, mono or stereo, 0.5 to 120 s). Throws {@link SpeechError}.
   */
  importWav(wav: Uint8Array): Promise<RenderedSound>;
  /** Whether texts can be spoken now, with the chosen voice or with another one. */
  healthy(): Promise<boolean>;
  /** Why another voice than the chosen one speaks; empty when the chosen one does. */
  degradedBy(): string;
  /** The fixed prompts as they are now. */
  readonly prompts: PromptProgress;
}

/** The files of sounds. */
export interface SoundFiles {
  /**
   * Absolute path without extension, because Asterisk chooses the format for the call (.alaw, .ulaw, .sln16).
   * Throws when there is no such sound.
   */
  pathOf(sound: Sound): string;
  /** Length in ms. */
  msOf(sound: Sound): number;
  /** The sound as a 16 kHz wav file, for browsers; undefined when there is no such sound. */
  wavOf(sound: Sound): Promise<Uint8Array | undefined>;
}
