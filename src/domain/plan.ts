import type { Exclusion } from './selection.js';

/** What to expect of an action before it starts. */
export interface Plan {
  /** People who will be called. */
  readonly selected: number;
  /** Of these, people who can be called now. */
  readonly callableNow: number;
  readonly excluded: Partial<Record<Exclusion, number>>;
  /** Lines that alert calls may use. */
  readonly lines: number;
  /** Seconds until half, ninety percent and all of them have been called once. */
  readonly estimateSeconds: { readonly half: number; readonly ninety: number; readonly all: number };
}

/** Average time that one first call holds a line, in ms, and the most calls a second. */
export interface PlanBasis {
  readonly lines: number;
  readonly cps: number;
  readonly holdMs: number;
}

/** Share of calls that are answered when nothing is known yet: 60 % answer, the rest ring out (our own estimate). */
const ANSWER_SHARE = 0.6;

/** Expected time on the line of one call, before any action has taught us better. */
export function expectedHoldMs(ringSeconds: number, messageSeconds: number): number {
  const listening = 10_000 + 2 * messageSeconds * 1000 + 12_000;
  return ANSWER_SHARE * (10_000 + listening) + (1 - ANSWER_SHARE) * ringSeconds * 1000;
}

/**
 * Time to have called `people` once, in seconds: when the last call starts, and its own time on the line. The CPS says how
 * soon the last may start; so do the lines, once there are more people than lines.
 */
export function estimateSeconds(people: number, basis: PlanBasis): number {
  if (people === 0) return 0;
  const holdSeconds = basis.holdMs / 1000;
  const byCps = (people - 1) / basis.cps;
  const byLines = people > basis.lines ? ((people - basis.lines) * holdSeconds) / basis.lines : 0;
  return Math.ceil(Math.max(byCps, byLines) + holdSeconds);
}

export function makePlan(selected: number, excluded: Partial<Record<Exclusion, number>>, basis: PlanBasis): Plan {
  return {
    selected,
    callableNow: selected,
    excluded,
    lines: basis.lines,
    estimateSeconds: {
      half: estimateSeconds(Math.ceil(selected * 0.5), basis),
      ninety: estimateSeconds(Math.ceil(selected * 0.9), basis),
      all: estimateSeconds(selected, basis),
    },
  };
}
