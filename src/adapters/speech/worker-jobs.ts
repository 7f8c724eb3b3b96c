import type { SpeechErrorCode } from '../../ports/speech.js';
import type { Finished } from './audio.js';

/** A job for the worker thread. */
export type SoundJob =
  | { readonly kind: 'speak'; readonly text: string }
  | { readonly kind: 'wav'; readonly file: Uint8Array; readonly from: 'engine' | 'upload' };

export interface SoundRequest {
  readonly id: number;
  readonly job: SoundJob;
}

export type SoundReply =
  | { readonly id: number; readonly finished: Finished }
  | { readonly id: number; readonly code: SpeechErrorCode; readonly message: string };
