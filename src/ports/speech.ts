import type { Sound } from '../domain/messages.js';

/** A sound that is ready to play: its files lie under its content hash. */
export interface RenderedSound {
  /** 32 hex digits of the content's SHA-256. */
  readonly soundId: string;
  readonly seconds: number;
}

export const SPEECH_ERRORS = ['empty', 'too_long', 'not_a_wav', 'unplayable', 'silent', 'engine_failed'] as const;
export type SpeechErrorCode = (typeof SPEECH_ERRORS)[number];

/** Thrown when a text or wav cannot become a sound. The message says what is allowed. */
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

/** Text and recordings become sounds in every format the trunk and the softphones take. */
export interface Speech {
  /** Name and version of the engine in use. */
  readonly engine: string;
  /** Speaks a Dutch text. The same text gives the same sound, rendered once. Throws {@link SpeechError}. */
  render(text: string): Promise<RenderedSound>;
  /** Takes an uploaded wav (PCM, any rate, mono or stereo, 0.5 to 120 s). Throws {@link SpeechError}. */
  importWav(wav: Uint8Array): Promise<RenderedSound>;
  /** Whether the engine can speak now. */
  healthy(): Promise<boolean>;
}

/** Where the files of sounds are. */
export interface SoundFiles {
  /** Absolute path without extension; Asterisk takes the format (.alaw, .ulaw, .sln16) that fits the call. Throws when not there. */
  pathOf(sound: Sound): string;
  /** Length in ms. */
  msOf(sound: Sound): number;
  /** The sound as a 16 kHz wav, for browsers; undefined when there is none. */
  wavOf(sound: Sound): Promise<Uint8Array | undefined>;
}
