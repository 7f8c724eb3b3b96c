/** Asterisk's clock and ours may differ by this without a step: on one machine they are the same. */
const SKEW_MS = 1_000;

/** What is known of the time in a call; all ms. */
export interface CallTime {
  /** When the step before happened, or the answer. */
  readonly last: number;
  /** Now, by the wall clock as it was at the answer: that time, and what has passed since. */
  readonly now: number;
  /** Now, by the wall clock as it is. */
  readonly wall: number;
}

/**
 * When something happened in a call, by the wall clock as it was at the answer. Asterisk writes times by the wall clock, which
 * may have been put forward or back since: then a message would have been heard for an hour, or for less than nothing.
 */
export function timeInCall(at: number, { last, now, wall }: CallTime): number {
  const step = wall - now;
  if (Math.abs(step) <= SKEW_MS || (at >= last - SKEW_MS && at <= now + SKEW_MS)) return at;
  return Math.round(Math.min(now, Math.max(last, at - step)));
}
