import { parsed, refused, type Parsed } from './problem.js';

/** A centralist proves who they are at a telephone with a PIN. It has few digits, so it is the tries that are few. */

/** Wrong PINs in one call after which the call ends. */
export const PIN_TRIES_A_CALL = 3;
/** Wrong PINs in a row, over all calls of a centralist, after which none is taken for a while. */
export const WRONG_PINS_IN_A_ROW = 10;
/** How long that is, in ms. */
export const PIN_BLOCKED_MS = 10 * 60_000;

/** Reads a PIN that somebody chose: 4 to 8 digits. */
export function parsePin(text: string): Parsed<string> {
  return /^\d{4,8}$/.test(text) ? parsed(text) : refused('must be 4 to 8 digits');
}

/** What a centralist has tried. */
export interface PinTries {
  /** Wrong ones since the last right one. */
  readonly wrong: number;
  /** Monotonic ms; 0 when they never were. */
  readonly blockedUntil: number;
}

export const NO_TRIES: PinTries = { wrong: 0, blockedUntil: 0 };

/** Whether no PIN is taken from them at `now` (monotonic ms), not even the right one. */
export const isPinBlocked = ({ blockedUntil }: PinTries, now: number): boolean => now < blockedUntil;

/** After one more wrong PIN at `now` (monotonic ms). */
export function afterWrongPin({ wrong }: PinTries, now: number): PinTries {
  if (wrong + 1 < WRONG_PINS_IN_A_ROW) return { wrong: wrong + 1, blockedUntil: 0 };
  return { wrong: 0, blockedUntil: now + PIN_BLOCKED_MS };
}
