import { isVoid, type Run } from '../lib/pairs.js';
import { runSide, type DialerRun, type RunPlace } from './run.js';
import { bestRate, nextRate, type Trial } from './search.js';
import type { Load, StartSide } from './side.js';
import { HOLD_MS } from './story.js';

/**
 * A rate holds when this share of the calls is complete and no delay's p99 is longer than `MOST_DELAY_MS`.
 */
export const COMPLETE_SHARE = 0.999;
export const MOST_DELAY_MS = 400;
/**
 * Share of the requested rate that must be achieved. The delays alone do not show that a dialer cannot keep
 * up.
 */
const RATE_SHARE = 0.97;
/** Factor by which there are more lines than the calls need at that rate, so that lines are not the limit. */
const SPARE_LINES = 1.6;

export interface RateTrial extends Trial {
  readonly run: DialerRun;
  /** The worse p99 of answer → sound and digit → message, ms. */
  readonly delayMs: number;
}

/** The result of the search for one side's highest rate. */
export interface Sustained extends Run {
  /** Achieved calls a second at the highest rate that held; 0 when no rate held. */
  readonly rate: number;
  readonly trials: readonly RateTrial[];
}

export interface SearchPlan {
  readonly guess: number;
  readonly step: number;
  /** How long each rate is tried, after `warmUpSeconds` that count only for completeness. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Share of the CPU, 0 to 1. */
  readonly othersAllowed: number;
  readonly numbersOf: (count: number) => readonly string[];
  readonly onTrial: (trial: RateTrial) => void;
}

/**
 * Raises the rate until it fails. Stops at once when other programs take too much CPU, because the pair is
 * then void.
 */
export async function findSustained(start: StartSide, plan: SearchPlan, place: RunPlace): Promise<Sustained> {
  const trials: RateTrial[] = [];
  for (;;) {
    const rate = nextRate(trials, plan.guess, plan.step);
    if (rate === undefined) break;
    const run = await runSide(start, loadAt(rate, plan), place, { unheeded: Math.round(rate * plan.warmUpSeconds) });
    const trial = judged(rate, run);
    trials.push(trial);
    plan.onTrial(trial);
    if (isVoid(plan.othersAllowed, run)) break;
  }
  const best = bestRate(trials);
  return {
    rate: trials.find((trial) => trial.held && trial.rate === best)?.run.figures.rate ?? 0,
    trials,
    othersShare: Math.max(0, ...trials.map(({ run }) => run.othersShare)),
  };
}

function loadAt(rate: number, { seconds, warmUpSeconds, numbersOf }: SearchPlan): Load {
  const lines = Math.ceil(rate * (HOLD_MS / 1000) * SPARE_LINES);
  return { numbers: numbersOf(Math.round(rate * (seconds + warmUpSeconds))), warmUp: [], lines, cps: rate };
}

export function judged(rate: number, run: DialerRun): RateTrial {
  const { figures } = run;
  const delayMs = Math.max(
    figures.answerToSound.p99 ?? Number.POSITIVE_INFINITY,
    figures.digitToMessage.p99 ?? Number.POSITIVE_INFINITY,
  );
  const held = figures.completeShare >= COMPLETE_SHARE && delayMs <= MOST_DELAY_MS && figures.rate >= rate * RATE_SHARE;
  return { rate, held, run, delayMs };
}
