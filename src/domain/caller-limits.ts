/**
 * How much one caller may ask of the tip line, so that nobody is kept out by somebody who rings without end. Who is over a
 * limit hears the busy tone; that costs no line. Times are monotonic ms, the oldest first or not.
 */

/** Calls at once from one number: two people in one house may both have something to tell. */
export const CALLS_AT_ONCE = 2;
/** Calls from one number in a minute, known or not. */
export const CALLS_A_MINUTE = 10;
/** Answers to one unknown number in ten minutes: it hears each time that it is not known. */
export const ANSWERS_IN_TEN_MINUTES = 3;
/** Answers to strangers in a second, of those who come from one address of the operator. */
export const ANSWERS_A_SECOND = 5;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const TEN_MINUTES = 10 * MINUTE;
/** After this the limits know nothing more of a call. */
export const REMEMBERED_MS = TEN_MINUTES;

/** Strangers who may be spoken to at once while the trunk has lines to spare. */
const MOST_STRANGERS = 20;

/**
 * Strangers who may be spoken to at once: while lines are scarce half of those that are kept for tips, else as many as leave
 * all of these free. `free` are the lines of the trunk that nobody has now, strangers apart.
 */
export function strangersAtOnce({ tipLines, free }: { readonly tipLines: number; readonly free: number }): number {
  return Math.max(1, Math.floor(tipLines / 2), Math.min(MOST_STRANGERS, free - tipLines));
}

/** Whether one more call from a number may come in. */
export function admitsNumber(
  number: {
    /** Its calls that are up. */
    readonly live: number;
    /** When calls of it were let in. */
    readonly letIn: readonly number[];
  },
  now: number,
): boolean {
  return number.live < CALLS_AT_ONCE && within(number.letIn, now, MINUTE) < CALLS_A_MINUTE;
}

/** Whether one more stranger (unknown, or withheld) may come in, beside what holds for every number. */
export function admitsStranger(
  strangers: {
    /** Strangers who are being spoken to, and who may be at once. */
    readonly live: number;
    readonly atOnce: number;
    /** When this number was let in; empty for one that is withheld. */
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
