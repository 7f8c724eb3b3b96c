import type { SpeechErrorCode } from '../../ports/speech.js';
import type { Finished } from './audio.js';
import type { PartInPhonemes } from './natural/phonemes.js';

/** A job for the worker thread that makes a sound. `samples` are those of a voice, −1 to 1. */
export type SoundJob =
  | { readonly kind: 'speak'; readonly text: string }
  | { readonly kind: 'samples'; readonly rate: number; readonly samples: Float32Array }
  | { readonly kind: 'wav'; readonly file: Uint8Array; readonly from: 'engine' | 'upload' };
/** A job for the worker thread that turns a normalised text into phonemes. */
export interface PhonemesJob {
  readonly kind: 'phonemes';
  readonly text: string;
}

export interface SoundRequest {
  readonly id: number;
  readonly job: SoundJob | PhonemesJob;
}

export type SoundReply =
  | { readonly id: number; readonly result: Finished | readonly PartInPhonemes[] }
  | { readonly id: number; readonly code: SpeechErrorCode; readonly message: string };
