import type { ActionState } from './action.js';
import type { Warning } from './warning.js';

/** How the calling of an action goes. */
export interface ReachSoFar {
  readonly state: ActionState;
  /** Since the start, ms. */
  readonly runningMs: number;
  /** People who were called at least once, and people with whom a call is up now. */
  readonly called: number;
  readonly live: number;
  /** People who are still to be called, for the first time or once more. */
  readonly waiting: number;
  readonly reached: number;
}

/** Fewer people say nothing of the others; who was rung first has rung out after this time, ms. */
const ENOUGH_PEOPLE = 20;
const ENOUGH_MS = 30_000;
/** So many of a hundred are hardly anybody. */
const HARDLY_PERCENT = 10;

/**
 * That hardly anybody is reached, so that something may be wrong with the calls themselves; undefined while it cannot be
 * told. When everybody was called and nobody was reached, it is told of any number of people.
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
  // A call that is up may still reach its person.
  const calledOut = Math.max(0, called - live);
  const over = live + waiting === 0;
  const nobody = over && calledOut > 0 && reached === 0;
  const hardly =
    (over || runningMs >= ENOUGH_MS) && calledOut >= ENOUGH_PEOPLE && reached * 100 < calledOut * HARDLY_PERCENT;
  return nobody || hardly ? { code: 'low_reach', called: calledOut, reached } : undefined;
}
