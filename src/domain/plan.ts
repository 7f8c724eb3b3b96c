import type { Exclusion } from './selection.js';
import type { Warning } from './warning.js';

/** What a plan is made from: our own estimate, or what earlier actions have taught. */
export const PLAN_BASES = ['estimate', 'experience'] as const;

/** What to expect of an action before it starts. */
export interface Plan {
  /** People who will be called. */
  readonly selected: number;
  /**
   * Of these, people whose first number is not on the line with us at this moment, for whichever action or
   * person.
   */
  readonly callableNow: number;
  readonly excluded: Partial<Record<Exclusion, number>>;
  /** Lines that alert calls may use. */
  readonly lines: number;
  /** Seconds until half, ninety percent and all of them have been called once. */
  readonly estimateSeconds: { readonly half: number; readonly ninety: number; readonly all: number };
  readonly basis: (typeof PLAN_BASES)[number];
  /** What stands in the way; absent in the plans of actions of before there were any. */
  readonly warnings?: readonly Warning[];
}

/** How the plan came out: seconds from the start until that many of the selected had been called once; null until then. */
export interface Reality {
  readonly calledOnceSeconds: {
    readonly half: number | null;
    readonly ninety: number | null;
    readonly all: number | null;
  };
  readonly selected: number;
  readonly reached: number;
}

/** What first calls of earlier actions came to; those that say nothing of the person (congestion, our faults) left out. */
export interface Experience {
  readonly calls: number;
  /** Of these, calls that were answered. */
  readonly answered: number;
  /** Average time on the line of one that was answered, without the message, in ms. */
  readonly answeredMs: number;
  /** How many times its length the message was heard in one that was answered, on average. */
  readonly plays: number;
  /** Average time on the line of one that was not answered, in ms. */
  readonly unansweredMs: number;
}

/** Fewer calls than this teach nothing. */
const ENOUGH_CALLS = 50;

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

/** Expected time on the line of one call, in ms, and how that is known. */
export function holdBasis(
  experience: Experience,
  ringSeconds: number,
  messageSeconds: number,
): { holdMs: number; basis: Plan['basis'] } {
  if (experience.calls < ENOUGH_CALLS) {
    return { holdMs: expectedHoldMs(ringSeconds, messageSeconds), basis: 'estimate' };
  }
  const { calls, answered, answeredMs, plays, unansweredMs } = experience;
  const share = answered / calls;
  const holdMs = share * (answeredMs + plays * messageSeconds * 1000) + (1 - share) * unansweredMs;
  return { holdMs, basis: 'experience' };
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

export function makePlan(
  { selected, callableNow }: { selected: number; callableNow: number },
  excluded: Partial<Record<Exclusion, number>>,
  basis: PlanBasis & Pick<Plan, 'basis'>,
  warnings: readonly Warning[] = [],
): Plan {
  return {
    selected,
    callableNow,
    excluded,
    lines: basis.lines,
    estimateSeconds: {
      half: estimateSeconds(Math.ceil(selected * 0.5), basis),
      ninety: estimateSeconds(Math.ceil(selected * 0.9), basis),
      all: estimateSeconds(selected, basis),
    },
    basis: basis.basis,
    warnings,
  };
}
