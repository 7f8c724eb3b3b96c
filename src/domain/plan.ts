import type { Exclusion } from './selection.js';
import type { Warning } from './warning.js';

/** The basis of a plan: our own estimate, or the calls of earlier actions. */
export const PLAN_BASES = ['estimate', 'experience'] as const;

/** The forecast of an action before it starts. */
export interface Plan {
  /** Participants who will be called. */
  readonly selected: number;
  /** Selected participants whose first number is not in a call with us now, for any action or person. */
  readonly callableNow: number;
  readonly excluded: Partial<Record<Exclusion, number>>;
  /** Lines that alert calls may use. */
  readonly lines: number;
  /** Seconds until half, ninety percent and all of the selected have been called once. */
  readonly estimateSeconds: { readonly half: number; readonly ninety: number; readonly all: number };
  readonly basis: (typeof PLAN_BASES)[number];
  /** Warnings at the time of the plan. Absent when none were stored. */
  readonly warnings?: readonly Warning[];
}

/** The real course of an action, for comparison with its plan. */
export interface Reality {
  /** Seconds from the start until this part of the selected had been called once; null until then. */
  readonly calledOnceSeconds: {
    readonly half: number | null;
    readonly ninety: number | null;
    readonly all: number | null;
  };
  readonly selected: number;
  readonly reached: number;
}

/**
 * First calls of earlier actions. Calls that say nothing about the participant are left out: congestion, our
 * faults.
 */
export interface Experience {
  readonly calls: number;
  /** Answered calls among these. */
  readonly answered: number;
  /** Average time on the line of an answered call, without the message, in ms. */
  readonly answeredMs: number;
  /** Average number of times that an answered call played the length of the message. */
  readonly plays: number;
  /** Average time on the line of an unanswered call, in ms. */
  readonly unansweredMs: number;
}

/** With fewer calls than this the estimate is used. */
const ENOUGH_CALLS = 50;

export interface PlanBasis {
  readonly lines: number;
  /** Most calls a second. */
  readonly cps: number;
  /** Average time that one first call holds a line, in ms. */
  readonly holdMs: number;
}

/** Share of answered calls while nothing is known yet: 60 % answer, the rest ring out (our own estimate). */
const ANSWER_SHARE = 0.6;

/** Expected time on the line of one call, in ms, by our own estimate. */
export function expectedHoldMs(ringSeconds: number, messageSeconds: number): number {
  // The introduction until a key is pressed, the message twice, and the ending with the number to call.
  const listening = 10_000 + 2 * messageSeconds * 1000 + 16_000;
  return ANSWER_SHARE * (10_000 + listening) + (1 - ANSWER_SHARE) * ringSeconds * 1000;
}

/** Expected time on the line of one call, in ms, and the basis of that figure. */
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
 * Seconds until `people` participants have been called once: the start of the last call plus that call's time
 * on the line. The start of the last call depends on the CPS, and on the lines once there are more people
 * than lines.
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
