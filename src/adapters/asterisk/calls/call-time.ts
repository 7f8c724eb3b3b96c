/** The clocks of Asterisk and the controller may differ by this much without a step. */
const SKEW_MS = 1_000;

/** The times that are known in a call, ms. */
export interface CallTime {
  /** Time of the previous step, or of the answer. */
  readonly last: number;
  /** Now, as the time of the answer plus the time that has passed since. */
  readonly now: number;
  /** Now, by the wall clock. */
  readonly wall: number;
}

/**
 * Corrects a time that Asterisk noted in a call, if the wall clock was put forward or back since the answer.
 * Without the correction a message could seem to have been heard for an hour, or for a negative time.
 */
export function timeInCall(at: number, { last, now, wall }: CallTime): number {
  const step = wall - now;
  if (Math.abs(step) <= SKEW_MS || (at >= last - SKEW_MS && at <= now + SKEW_MS)) return at;
  return Math.round(Math.min(now, Math.max(last, at - step)));
}
