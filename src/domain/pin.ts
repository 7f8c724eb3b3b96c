import { parsed, refused, type Parsed } from './problem.js';

/**
 * Centralists identify themselves at a telephone with a PIN. A PIN has few digits, so the tries are limited.
 */

/** After this many wrong PINs in one call the call ends. */
export const PIN_TRIES_A_CALL = 3;
/** After this many wrong PINs in a row, over all calls of a centralist, the centralist's PIN is blocked. */
export const WRONG_PINS_IN_A_ROW = 10;
/** How long a PIN is blocked, in ms. */
export const PIN_BLOCKED_MS = 10 * 60_000;

/** Reads a new PIN: 4 to 8 digits. */
export function parsePin(text: string): Parsed<string> {
  return /^\d{4,8}$/.test(text) ? parsed(text) : refused('must be 4 to 8 digits');
}

/** The wrong PINs of a centralist. */
export interface PinTries {
  /** Wrong PINs since the last right one. */
  readonly wrong: number;
  /** Monotonic ms; 0 when the PIN was never blocked. */
  readonly blockedUntil: number;
}

export const NO_TRIES: PinTries = { wrong: 0, blockedUntil: 0 };

/** Whether every PIN is refused at `now` (monotonic ms), even the right one. */
export const isPinBlocked = ({ blockedUntil }: PinTries, now: number): boolean => now < blockedUntil;

/** The state after one more wrong PIN at `now` (monotonic ms). */
export function afterWrongPin({ wrong }: PinTries, now: number): PinTries {
  if (wrong + 1 < WRONG_PINS_IN_A_ROW) return { wrong: wrong + 1, blockedUntil: 0 };
  return { wrong: 0, blockedUntil: now + PIN_BLOCKED_MS };
}
