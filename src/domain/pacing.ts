/**
 * When may the next call start? Two limits: lines (simultaneous calls on the trunk) and CPS (new calls a second).
 * Pure: the time and the state are arguments. Calls are spaced evenly so that no one-second window ever holds more than
 * cps of them, rounded up where it is no whole number, however late the timer that starts them (see LATE_MS).
 */
export interface PacingLimits {
  /** Most simultaneous calls on the trunk, tips included. At least 1. */
  readonly lines: number;
  /** Of these, kept free for tips. Fewer than `lines`. */
  readonly tipLines: number;
  /** Most new calls a second; more than 0. */
  readonly cps: number;
}

export interface PacingState {
  /** Outbound calls that hold a line now. */
  readonly outbound: number;
  /** Inbound calls that hold a line now. */
  readonly inbound: number;
  /** Monotonic ms at which the next call may start by the CPS. */
  readonly nextSlotAt: number;
}

export type PacingDecision =
  /** A call may start now; afterwards the next slot is at this monotonic ms. */
  | { readonly type: 'start'; readonly nextSlotAt: number }
  /** A line is free, but the CPS says to wait until this monotonic ms. */
  | { readonly type: 'wait'; readonly until: number }
  /** No line is free: wait for one to be given back. */
  | { readonly type: 'full' };

/** Lines that alert calls may use at most, whatever tips are doing. */
export function outboundLines(limits: PacingLimits, inbound: number): number {
  // Tips on their kept lines take nothing from the alert calls; beyond these they do.
  return Math.max(0, Math.min(limits.lines - limits.tipLines, limits.lines - inbound));
}

/**
 * How late a call may start without delaying the ones after it, in ms. A timer is always a little late; without this
 * room every lateness would cost rate. In exchange the slots lie this much further apart in each second (0.8 % of the
 * rate), so that a late call and those after it, on time, still fit in one second. After a pause at most this many ms'
 * worth of calls start at once, which is one call up to 125 a second.
 */
const LATE_MS = 8;

/** Decides whether one more call may start at the monotonic time `now` (ms). */
export function pace(limits: PacingLimits, state: PacingState, now: number): PacingDecision {
  if (state.outbound >= outboundLines(limits, state.inbound)) return { type: 'full' };
  if (now < state.nextSlotAt) return { type: 'wait', until: state.nextSlotAt };
  const gap = (1000 + LATE_MS) / limits.cps;
  return { type: 'start', nextSlotAt: Math.max(state.nextSlotAt, now - LATE_MS) + gap };
}
