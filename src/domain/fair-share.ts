import type { Action } from './action.js';
import type { Purpose } from './attempt.js';

/** An action's share of the trunk lines now. */
export interface TrunkShare {
  /** Calls of the action that hold a line now. */
  readonly live: number;
  /** Lines of this action for each line of an action of weight 1; more than 0. */
  readonly weight: number;
  /** Rank of the action's last call among all started calls: 0 without a call, higher is later. */
  readonly lastStart: number;
}

/** Lines of an action with priority for each line of another action. */
const PRIORITY_WEIGHT = 3;

/** The weight of an action. A closed action loses its priority, because it is no longer urgent. */
export function weightOf({ priority, state }: Pick<Action, 'priority' | 'state'>): number {
  return priority && state !== 'closed' ? PRIORITY_WEIGHT : 1;
}

/**
 * The actions in the order in which they may call: the action with the fewest live calls for its weight
 * first. Of two equals the action that has waited longest since its last call goes first.
 */
export function inCallingOrder<T extends TrunkShare>(shares: readonly T[]): T[] {
  // Multiplied instead of divided, because a division would round and equal shares would differ.
  return shares.toSorted((a, b) => a.live * b.weight - b.live * a.weight || a.lastStart - b.lastStart);
}

/**
 * The order of calls of one action. Closing calls go first, because participants are still out looking. Then
 * calls with the changed message, because participants with the old message act on wrong facts. They are few,
 * and they answer. Alerts to participants who have heard nothing yet go last.
 */
export const PURPOSE_ORDER: readonly Purpose[] = ['closing', 'update', 'alert'];
