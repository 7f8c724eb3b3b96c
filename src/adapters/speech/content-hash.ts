import { createHash } from 'node:crypto';
import { SPOKEN_VERSION } from '../../domain/spoken/spoken.js';
import type { Finished } from './audio.js';
import type { SpeechEngine } from './engine.js';
import { FINISH_VERSION } from './finish.js';

/**
 * SHA-256 (64 hex digits) of everything that decides how a normalised text sounds: a change of the lexicon
 * changes the hash of the texts that have its words, and of no other text.
 */
export function hashOfText(engine: Pick<SpeechEngine, 'id' | 'reads'>, normalised: string): string {
  return hash(JSON.stringify(['text', engine.id, SPOKEN_VERSION, FINISH_VERSION, engine.reads(normalised).text]));
}

/** SHA-256 (64 hex digits) of the samples of a recording. */
export function hashOfAudio(finished: Finished): string {
  return createHash('sha256').update(`audio ${FINISH_VERSION} `).update(finished.sln16).digest('hex');
}

/** SHA-256 (64 hex digits) of a text. */
export const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The part of a hash that is the sound's id. */
export const soundIdOf = (sha256: string): string => sha256.slice(0, 32);
