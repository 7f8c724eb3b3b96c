/**
 * Limits of the tip line for each caller, so that a caller who calls again and again keeps nobody out. A
 * caller over a limit hears the busy tone, which costs no trunk line. Times are monotonic ms in any order.
 */

/** Simultaneous calls from one number: two people in one house may both have a tip. */
export const CALLS_AT_ONCE = 2;
/** Calls a minute from one number, known or unknown. */
export const CALLS_A_MINUTE = 10;
/**
 * Answered calls from one unknown number in ten minutes. Each time the caller hears that the number is
 * unknown.
 */
export const ANSWERS_IN_TEN_MINUTES = 3;
/** Answered calls of strangers a second from one address of the operator. */
export const ANSWERS_A_SECOND = 5;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const TEN_MINUTES = 10 * MINUTE;
/** How long the limits remember a call, in ms. */
export const REMEMBERED_MS = TEN_MINUTES;

/** Most simultaneous calls of strangers while the trunk has lines to spare. */
const MOST_STRANGERS = 20;

/**
 * Most simultaneous calls of strangers: as many as leave all lines for tips free, up to MOST_STRANGERS, but
 * never fewer than half of the lines for tips, and at least one. `free`: trunk lines without a call; lines
 * with the call of a stranger count as free.
 */
export function strangersAtOnce({ tipLines, free }: { readonly tipLines: number; readonly free: number }): number {
  return Math.max(1, Math.floor(tipLines / 2), Math.min(MOST_STRANGERS, free - tipLines));
}

/** Whether one more call from a number may come in. */
export function admitsNumber(
  number: {
    /** Live calls from this number. */
    readonly live: number;
    /** When calls from this number were let in. */
    readonly letIn: readonly number[];
  },
  now: number,
): boolean {
  return number.live < CALLS_AT_ONCE && within(number.letIn, now, MINUTE) < CALLS_A_MINUTE;
}

/**
 * Whether one more stranger (an unknown or withheld number) may come in. The limits of every number apply
 * too.
 */
export function admitsStranger(
  strangers: {
    /** Live calls of strangers. */
    readonly live: number;
    /** Most simultaneous calls of strangers. */
    readonly atOnce: number;
    /** When calls from this number were let in; empty for a withheld number. */
    readonly letIn: readonly number[];
    /** When strangers from the same address were let in. */
    readonly fromSource: readonly number[];
  },
  now: number,
): boolean {
  return (
    strangers.live < strangers.atOnce &&
    within(strangers.letIn, now, TEN_MINUTES) < ANSWERS_IN_TEN_MINUTES &&
    within(strangers.fromSource, now, SECOND) < ANSWERS_A_SECOND
  );
}

const within = (times: readonly number[], now: number, ms: number): number =>
  times.filter((time) => time > now - ms).length;
