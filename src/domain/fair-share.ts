import type { Action } from './action.js';
import type { Purpose } from './attempt.js';

/** What an action has of the lines now. */
export interface Share {
  /** Calls of the action that hold a line now. */
  readonly live: number;
  /** How many lines it is to have for each one of an action of weight 1; more than 0. */
  readonly weight: number;
  /** Rank of its last call among all calls that were started: 0 when it has none, higher is later. */
  readonly lastStart: number;
}

/** An action with priority has this many lines for each one of another. */
const PRIORITY_WEIGHT = 3;

/** What an action weighs. Once it is closed its hurry is over: how it ended is told at the pace of everybody else. */
export function weightOf({ priority, state }: Pick<Action, 'priority' | 'state'>): number {
  return priority && state !== 'closed' ? PRIORITY_WEIGHT : 1;
}

/**
 * Who calls next, first to last: the action with the fewest live calls for its weight; of two that have as many, the one
 * that has waited longest since it started a call.
 */
export function inTurn<T extends Share>(shares: readonly T[]): T[] {
  // Multiplied instead of divided: one third of three is one, also in floating point.
  return shares.toSorted((a, b) => a.live * b.weight - b.live * a.weight || a.lastStart - b.lastStart);
}

/**
 * Which calls of one action go first. How it ended comes before all else: people are still out looking. Then the changed
 * message: who has the old one acts on what is wrong, and they are few and answer. Then who has heard nothing yet.
 */
export const PURPOSE_ORDER: readonly Purpose[] = ['closing', 'update', 'alert'];
