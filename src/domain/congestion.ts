import type { PacingLimits } from './pacing.js';
import { MOST_HOLD_MS } from './refusal.js';

/**
 * How much room the operator gives us, learned from its refusals. Additive increase, multiplicative decrease, as TCP
 * finds the room in a network (RFC 5681, section 3.1): a refusal halves the calls a second, and the lines where it speaks
 * of them; calls that get through let both grow back, slowly, up to our own limits. Never so far down that nothing is
 * tried any more. Pure: time, in monotonic ms, is an argument.
 */
export interface Congestion {
  /** Calls a second as they were left by the last cut. */
  readonly cps: number;
  /** Lines, those for tips included, as they were left by the last cut. */
  readonly lines: number;
  /** Since when both grow; null while no call that began after the last cut has got through. */
  readonly growsFrom: number | null;
  readonly cutAt: number;
  /** No new call before this. */
  readonly holdUntil: number;
}

/** A call that the operator refused for lack of room on the trunk, not for its number: see `refusal.ts`. */
export interface Refusal {
  readonly startedAt: number;
  readonly at: number;
  /** The refusal speaks of calls at once, not of calls a second. */
  readonly ofLines: boolean;
  /** Calls on the trunk, out and in, that the operator does carry at this moment. */
  readonly carried: number;
  /** What its Retry-After asks for; 0 when it asks for nothing. */
  readonly retryAfterMs: number;
}

const CUT = 0.5;
/** From the least to the whole of the calls a second in this time: from a half in half of it. */
const CPS_GROWTH_MS = 30_000;
/** One line more after each. A line too many costs one refused call. */
const LINE_GROWTH_MS = 10_000;
/** Least calls a second: one in five seconds, so that it shows when there is room again. */
const LEAST_CPS = 0.2;

/** Nothing was refused yet. */
export function roomy({ cps, lines }: PacingLimits): Congestion {
  return { cps, lines, growsFrom: null, cutAt: -Infinity, holdUntil: -Infinity };
}

/** The limits to keep at the time `now`: our own, or fewer. */
export function allowed(state: Congestion, limits: PacingLimits, now: number): PacingLimits {
  const grown = state.growsFrom === null ? 0 : Math.max(0, now - state.growsFrom);
  return {
    lines: Math.min(limits.lines, state.lines + Math.floor(grown / LINE_GROWTH_MS)),
    tipLines: limits.tipLines,
    cps: Math.min(limits.cps, state.cps + (limits.cps * grown) / CPS_GROWTH_MS),
  };
}

/** Whether the operator gives us less than our own limits at the time `now`. */
export function isLimited(state: Congestion, limits: PacingLimits, now: number): boolean {
  const { cps, lines } = allowed(state, limits, now);
  return now < state.holdUntil || cps < limits.cps || lines < limits.lines;
}

/**
 * After a refusal. A call that was on its way when the last cut was made says nothing new; its Retry-After
 * counts.
 */
export function afterRefusal(state: Congestion, limits: PacingLimits, refusal: Refusal): Congestion {
  const { at, startedAt, ofLines, carried } = refusal;
  const asked = refusal.retryAfterMs > 0 ? at + Math.min(MOST_HOLD_MS, refusal.retryAfterMs) : -Infinity;
  const holdUntil = Math.max(state.holdUntil, asked);
  if (startedAt <= state.cutAt) return { ...state, holdUntil };
  const now = allowed(state, limits, at);
  const cps = Math.max(Math.min(LEAST_CPS, limits.cps), now.cps * CUT);
  const lines = ofLines
    ? // What it carries it has room for. Calls still being set up are not counted, so never below the usual cut.
      Math.max(limits.tipLines + 1, Math.floor(now.lines * CUT), Math.min(now.lines - 1, carried))
    : now.lines;
  return { cps, lines, growsFrom: null, cutAt: at, holdUntil: Math.max(holdUntil, at + 1_000 / cps) };
}

/** How long after the last refusal, or the hold that it asked for, a trunk still counts as full. */
const FULL_MS = 120_000;

/** Whether the trunk counts as full: it was, not long ago, and no call that began since has got through. */
export function isFull(state: Congestion, now: number): boolean {
  return state.growsFrom === null && now < Math.max(state.cutAt, state.holdUntil) + FULL_MS;
}

/** After a call got through: a telephone rings, somebody answered, or the answer was any other than a lack of room. */
export function afterPassage(state: Congestion, startedAt: number, now: number): Congestion {
  return state.growsFrom !== null || startedAt <= state.cutAt ? state : { ...state, growsFrom: now };
}

/** What the operator allows, for people: `2.5 calls a second instead of 10`; empty when it limits nothing. */
export function limitWords(state: Congestion, limits: PacingLimits, now: number): string {
  const { cps, lines } = allowed(state, limits, now);
  const waitSeconds = Math.ceil((state.holdUntil - now) / 1_000);
  return [
    // A pause of seconds is between any two calls at a low rate.
    waitSeconds > 10 ? `no new call for ${waitSeconds} s` : '',
    cps < limits.cps ? `${figure(cps)} calls a second instead of ${figure(limits.cps)}` : '',
    lines < limits.lines ? `${lines} lines instead of ${limits.lines}` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

const figure = (value: number): string => (value >= 10 ? value.toFixed(0) : String(Number(value.toFixed(1))));
