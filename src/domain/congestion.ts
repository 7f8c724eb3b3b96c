import type { PacingLimits } from './pacing.js';
import { MOST_HOLD_MS } from './refusal.js';

/**
 * The capacity that the operator gives us, learned from its refusals: additive increase, multiplicative
 * decrease, as TCP finds the capacity of a network (RFC 5681, section 3.1). A refusal halves the calls a
 * second. A refusal that speaks of lines halves the lines too. Calls that get through let both grow back
 * slowly, up to our own limits. Calls never stop altogether, because a call shows when there is capacity
 * again. Times are monotonic ms.
 */
export interface Congestion {
  /** Calls a second right after the last cut. */
  readonly cps: number;
  /** Lines right after the last cut, those for tips included. */
  readonly lines: number;
  /** When both started to grow; null while no call that started after the last cut has got through. */
  readonly growsFrom: number | null;
  readonly cutAt: number;
  /** No new call starts before this time. */
  readonly holdUntil: number;
}

/**
 * A call that the operator refused for lack of capacity on the trunk, not for its number: see `refusal.ts`.
 */
export interface Refusal {
  readonly startedAt: number;
  readonly at: number;
  /** The refusal speaks of simultaneous calls, not of calls a second. */
  readonly ofLines: boolean;
  /** Calls on the trunk, outbound and inbound, that the operator carries at this moment. */
  readonly carried: number;
  /** The wait that Retry-After asks for; 0 without a Retry-After. */
  readonly retryAfterMs: number;
}

const CUT = 0.5;
/**
 * Time in which the calls a second grow from the least to the limit. From half the limit it takes half the
 * time.
 */
const CPS_GROWTH_MS = 30_000;
/** Time in which one line is added. A line too many costs one refused call. */
const LINE_GROWTH_MS = 10_000;
/** Fewest calls a second: one in five seconds, so that a call shows when there is capacity again. */
const LEAST_CPS = 0.2;

/** The state before any refusal. */
export function noCongestion({ cps, lines }: PacingLimits): Congestion {
  return { cps, lines, growsFrom: null, cutAt: -Infinity, holdUntil: -Infinity };
}

/** The limits at the time `now`: our own or lower ones. */
export function allowedLimits(state: Congestion, limits: PacingLimits, now: number): PacingLimits {
  const grown = state.growsFrom === null ? 0 : Math.max(0, now - state.growsFrom);
  return {
    lines: Math.min(limits.lines, state.lines + Math.floor(grown / LINE_GROWTH_MS)),
    tipLines: limits.tipLines,
    cps: Math.min(limits.cps, state.cps + (limits.cps * grown) / CPS_GROWTH_MS),
  };
}

/** Whether the operator allows less than our own limits at the time `now`. */
export function isLimited(state: Congestion, limits: PacingLimits, now: number): boolean {
  const { cps, lines } = allowedLimits(state, limits, now);
  return now < state.holdUntil || cps < limits.cps || lines < limits.lines;
}

/**
 * The state after a refusal. A call that started before the last cut causes no new cut, because it says
 * nothing new. Only its Retry-After counts.
 */
export function afterRefusal(state: Congestion, limits: PacingLimits, refusal: Refusal): Congestion {
  const { at, startedAt, ofLines, carried } = refusal;
  const asked = refusal.retryAfterMs > 0 ? at + Math.min(MOST_HOLD_MS, refusal.retryAfterMs) : -Infinity;
  const holdUntil = Math.max(state.holdUntil, asked);
  if (startedAt <= state.cutAt) return { ...state, holdUntil };
  const now = allowedLimits(state, limits, at);
  const cps = Math.max(Math.min(LEAST_CPS, limits.cps), now.cps * CUT);
  const lines = ofLines
    ? // The operator has lines for the calls that it carries. These do not include calls in setup, so the
      // lines never go below the usual cut.
      Math.max(limits.tipLines + 1, Math.floor(now.lines * CUT), Math.min(now.lines - 1, carried))
    : now.lines;
  return { cps, lines, growsFrom: null, cutAt: at, holdUntil: Math.max(holdUntil, at + 1_000 / cps) };
}

/** A trunk still counts as full for this long after the last refusal, or after the hold that it asked for. */
const FULL_MS = 120_000;

/** Whether the trunk counts as full: it was full a short while ago, and no later call has got through. */
export function isFull(state: Congestion, now: number): boolean {
  return state.growsFrom === null && now < Math.max(state.cutAt, state.holdUntil) + FULL_MS;
}

/**
 * The state after a call got through: it rang, was answered, or failed for a reason other than a lack of
 * capacity.
 */
export function afterCallSucceeded(state: Congestion, startedAt: number, now: number): Congestion {
  return state.growsFrom !== null || startedAt <= state.cutAt ? state : { ...state, growsFrom: now };
}

/**
 * The operator's limits in words: `2.5 calls a second instead of 10`. Empty when the operator limits nothing.
 */
export function limitWords(state: Congestion, limits: PacingLimits, now: number): string {
  const { cps, lines } = allowedLimits(state, limits, now);
  const waitSeconds = Math.ceil((state.holdUntil - now) / 1_000);
  return [
    // At a low rate there are seconds between any two calls, so a short hold is not worth a word.
    waitSeconds > 10 ? `no new call for ${waitSeconds} s` : '',
    cps < limits.cps ? `${figure(cps)} calls a second instead of ${figure(limits.cps)}` : '',
    lines < limits.lines ? `${lines} lines instead of ${limits.lines}` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

const figure = (value: number): string => (value >= 10 ? value.toFixed(0) : String(Number(value.toFixed(1))));
