/**
 * Decides when the next call may start. There are two limits: lines (simultaneous calls on the trunk) and CPS
 * (new calls a second). Calls are spaced evenly, so that no window of one second has more than `cps` starts,
 * rounded up, however late the timer that starts them fires (see LATE_MS).
 */
export interface PacingLimits {
  /** Most simultaneous calls on the trunk, tips included. At least 1. */
  readonly lines: number;
  /** Lines of these that are kept free for tips. Fewer than `lines`. */
  readonly tipLines: number;
  /** Most new calls a second; more than 0. */
  readonly cps: number;
}

export interface PacingState {
  /** Calls of the dialer that hold a line now. */
  readonly outbound: number;
  /** Calls for a tip that hold a line now: callers to the tip line, and callbacks to them. */
  readonly tipCalls: number;
  /** Monotonic ms from which the CPS lets the next call start. */
  readonly nextSlotAt: number;
  /** Monotonic start time of the call one second's worth of calls ago; -Infinity without such a call. */
  readonly secondAgo: number;
  /**
   * The next call has waited for its slot, so its lateness is made up. Time in which nobody could be called
   * is not made up.
   */
  readonly waited: boolean;
}

export type PacingDecision =
  /** A call may start now. The next slot is at this monotonic ms. */
  | { readonly type: 'start'; readonly nextSlotAt: number; readonly waited: boolean }
  /** A line is free, but the CPS allows no call before this monotonic ms. */
  | { readonly type: 'wait'; readonly until: number }
  /** No line is free. */
  | { readonly type: 'full' };

/** Most lines for calls of the dialer while there are this many calls for a tip. */
export function outboundLines(limits: PacingLimits, tipCalls: number): number {
  // Calls for a tip take nothing from the dialer while they fit on the tip lines. Further ones do.
  return Math.max(0, Math.min(limits.lines - limits.tipLines, limits.lines - tipCalls));
}

/**
 * Timers fire late, and a busy machine can stall for tens of ms, so without catching up every late start
 * would lower the rate. Start times follow their own schedule: a late call starts at once, and up to this
 * many ms of missed starts are made up. The CPS is still kept, because the next call starts only when a full
 * second has passed since the call that is one second's worth of calls earlier.
 */
const CATCH_UP_MS = 100;
/** A second is counted this much longer, because calls move closer together on their way to the operator. */
const MARGIN_MS = 5;
/** A call that did not wait for its slot still takes it when it is at most this late. */
const LATE_MS = 8;

/** Decides whether one more call may start at the monotonic time `now` (ms). */
export function pace(limits: PacingLimits, state: PacingState, now: number): PacingDecision {
  if (state.outbound >= outboundLines(limits, state.tipCalls)) return { type: 'full' };
  const until = Math.max(state.nextSlotAt, state.secondAgo + 1000 + MARGIN_MS);
  if (now < until) return { type: 'wait', until };
  const gap = (1000 + MARGIN_MS) / limits.cps;
  const nextSlotAt = Math.max(state.nextSlotAt, now - (state.waited ? CATCH_UP_MS : LATE_MS)) + gap;
  return { type: 'start', nextSlotAt, waited: state.waited && nextSlotAt <= now };
}

/** Calls that may start in one second, rounded up to a whole number. */
export const startsASecond = (cps: number): number => Math.max(1, Math.ceil(cps));
