import type { PromptLanguage } from '../../domain/messages.js';
import type { SpeechErrorCode } from '../../ports/speech.js';
import type { Finished } from './audio.js';
import type { PartInPhonemes } from './natural/phonemes.js';
import type { FinishedTake } from './spoken-take.js';

/** A job for the worker thread that makes a sound. `samples` are those of a voice, −1 to 1. */
export type SoundJob =
  | { readonly kind: 'speak'; readonly text: string; readonly language: PromptLanguage }
  | { readonly kind: 'samples'; readonly rate: number; readonly samples: Float32Array }
  | { readonly kind: 'wav'; readonly file: Uint8Array; readonly from: 'engine' | 'upload' }
  /** Sounds to join: 16-bit samples at 16 kHz, or the length of a pause in ms. */
  | { readonly kind: 'join'; readonly parts: readonly (Uint8Array | number)[] };
/** A job for the worker thread that makes and measures the sound of one sentence, spoken by a person. */
export interface TakeJob {
  readonly kind: 'take';
  readonly file: Uint8Array;
}
/** A job for the worker thread that turns a normalised text into phonemes. */
export interface PhonemesJob {
  readonly kind: 'phonemes';
  readonly text: string;
}

export interface SoundRequest {
  readonly id: number;
  readonly job: SoundJob | TakeJob | PhonemesJob;
}

export type WorkResult = Finished | FinishedTake | readonly PartInPhonemes[];

export type SoundReply =
  | { readonly id: number; readonly result: WorkResult }
  | { readonly id: number; readonly code: SpeechErrorCode; readonly message: string };
