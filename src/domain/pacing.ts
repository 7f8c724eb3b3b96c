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
  /** When the call started that was as many calls ago as may start in a second; -Infinity when there was none. */
  readonly secondAgo: number;
  /** A call has waited for its slot: whatever it is late is made up for. After a time in which nobody could be called nothing is. */
  readonly waited: boolean;
}

export type PacingDecision =
  /** A call may start now; afterwards the next slot is at this monotonic ms. */
  | { readonly type: 'start'; readonly nextSlotAt: number; readonly waited: boolean }
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
 * A timer is always late, and a busy machine stands still for tens of ms: without making up for it every lateness would
 * cost rate. So the slots lie on a line of their own, and calls that are late for theirs follow at once, up to this many
 * ms' worth. What keeps them within the CPS is the call of a second ago: the next may start only when that second is over.
 */
const CATCH_UP_MS = 100;
/** The second is this much longer: on their way to the operator calls draw nearer to one another. */
const MARGIN_MS = 5;
/** A call that is this late for its slot without having waited for it takes it all the same. */
const LATE_MS = 8;

/** Decides whether one more call may start at the monotonic time `now` (ms). */
export function pace(limits: PacingLimits, state: PacingState, now: number): PacingDecision {
  if (state.outbound >= outboundLines(limits, state.inbound)) return { type: 'full' };
  const until = Math.max(state.nextSlotAt, state.secondAgo + 1000 + MARGIN_MS);
  if (now < until) return { type: 'wait', until };
  const gap = (1000 + MARGIN_MS) / limits.cps;
  const nextSlotAt = Math.max(state.nextSlotAt, now - (state.waited ? CATCH_UP_MS : LATE_MS)) + gap;
  return { type: 'start', nextSlotAt, waited: state.waited && nextSlotAt <= now };
}

/** How many calls may start in one second: whole ones, so one more where the CPS is not. */
export const startsASecond = (cps: number): number => Math.max(1, Math.ceil(cps));
