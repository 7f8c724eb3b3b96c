import { createHash } from 'node:crypto';
import { SPOKEN_VERSION } from '../../domain/spoken/spoken.js';
import type { Finished } from './audio.js';
import { FINISH_VERSION } from './finish.js';

/** SHA-256 (64 hex digits) of everything that decides how a normalised text sounds. */
export function hashOfText(engineId: string, normalised: string): string {
  return hash(JSON.stringify(['text', engineId, SPOKEN_VERSION, FINISH_VERSION, normalised]));
}

/** SHA-256 (64 hex digits) of the samples of a recording. */
export function hashOfAudio(finished: Finished): string {
  return createHash('sha256').update(`audio ${FINISH_VERSION} `).update(finished.sln16).digest('hex');
}

/** SHA-256 (64 hex digits) of a text. */
export const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The part of a hash that is the sound's id. */
export const soundIdOf = (sha256: string): string => sha256.slice(0, 32);
