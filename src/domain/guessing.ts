/**
 * Slows down the guessing of passwords. A few wrong passwords are a mistake. After those the source has to
 * wait, longer each time. Tries are counted for each source: an address, or the account that is tried. Times
 * are monotonic ms.
 */

/**
 * Wrong tries within {@link WINDOW_MS} that cost nothing, for a person who reads the password from the wrong
 * paper.
 */
export const FREE_TRIES = 10;
/** Wrong tries between one pause and the next. */
export const TRIES_AFTER_PAUSE = 5;
export const WINDOW_MS = 60_000;
/**
 * The first pause; each further one is twice as long. Short, because the owner of the account may use the
 * same address.
 */
export const FIRST_PAUSE_MS = 2_000;
export const LONGEST_PAUSE_MS = 60_000;
/** After this time without a wrong try the source counts as new. */
export const FORGOTTEN_MS = 15 * 60_000;

/** The wrong tries of one source. */
export interface Tries {
  /** Wrong tries that count towards the next pause. */
  readonly wrong: number;
  /** All wrong tries, those during a pause included. */
  readonly total: number;
  /** When the first try that counts was made. */
  readonly since: number;
  readonly lastAt: number;
  readonly pauses: number;
  readonly pausedUntil: number;
}

const NONE: Tries = { wrong: 0, total: 0, since: 0, lastAt: 0, pauses: 0, pausedUntil: 0 };

/** Milliseconds until the source may try again; 0 when it may try now. */
export function remainingPauseMs(tries: Tries | undefined, now: number): number {
  return tries === undefined ? 0 : Math.max(0, tries.pausedUntil - now);
}

/** Whether the source made no wrong try for so long that it counts as new. */
export const isForgotten = (tries: Tries, now: number): boolean => now - tries.lastAt >= FORGOTTEN_MS;

/** Whether the source is guessing: it had a pause, and that pause is not forgotten yet. */
export const isGuessing = (tries: Tries, now: number): boolean => tries.pauses > 0 && !isForgotten(tries, now);

/**
 * The state after one more wrong try. A try during a pause does not make the pause longer, because the pause
 * must end for the owner too.
 */
export function afterWrongTry(before: Tries | undefined, now: number): Tries {
  const kept = before === undefined || isForgotten(before, now) ? NONE : before;
  const counted = { ...kept, total: kept.total + 1, lastAt: now };
  if (remainingPauseMs(kept, now) > 0) return counted;
  const isFresh = kept.wrong === 0 || now - kept.since >= WINDOW_MS;
  const wrong = isFresh ? 1 : kept.wrong + 1;
  const since = isFresh ? now : kept.since;
  const most = kept.pauses === 0 ? FREE_TRIES : TRIES_AFTER_PAUSE;
  if (wrong < most) return { ...counted, wrong, since };
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** kept.pauses);
  return { ...counted, wrong: 0, since: now, pauses: kept.pauses + 1, pausedUntil: now + pauseMs };
}
