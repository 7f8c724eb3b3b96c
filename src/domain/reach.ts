import type { ActionState } from './action.js';
import type { Warning } from './warning.js';

/** The progress of the calls of an action. */
export interface ReachSoFar {
  readonly state: ActionState;
  /** Milliseconds since the start. */
  readonly runningMs: number;
  /** Participants who were called at least once. */
  readonly called: number;
  /** Participants with a live call. */
  readonly live: number;
  /** Participants who will still be called, for the first time or again. */
  readonly waiting: number;
  readonly reached: number;
}

/** With fewer participants nothing can be concluded. */
const ENOUGH_PEOPLE = 20;
/** After this time, in ms, the first calls have rung out. */
const ENOUGH_MS = 30_000;
/** Below this percentage hardly anybody is reached. */
const HARDLY_PERCENT = 10;

/**
 * A warning when hardly anybody is reached, because then the calls themselves may be wrong. Undefined when
 * enough participants are reached, or while nothing can be concluded. When all were called and nobody was
 * reached, any number of participants is enough to conclude.
 */
export function lowReach({
  state,
  runningMs,
  called,
  live,
  waiting,
  reached,
}: ReachSoFar): Extract<Warning, { code: 'low_reach' }> | undefined {
  if (state !== 'running' && state !== 'paused') return undefined;
  // A live call may still reach its participant.
  const calledOut = Math.max(0, called - live);
  const over = live + waiting === 0;
  const nobody = over && calledOut > 0 && reached === 0;
  const hardly =
    (over || runningMs >= ENOUGH_MS) && calledOut >= ENOUGH_PEOPLE && reached * 100 < calledOut * HARDLY_PERCENT;
  return nobody || hardly ? { code: 'low_reach', called: calledOut, reached } : undefined;
}
