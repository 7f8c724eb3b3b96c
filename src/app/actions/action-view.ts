import type { Action } from '../../domain/action.js';
import type { Reality } from '../../domain/plan.js';
import { lowReach } from '../../domain/reach.js';
import type { Warning } from '../../domain/warning.js';
import type { ActionTally } from '../../ports/stores.js';
import type { ActionCounts, ActionTimeline, PeopleNow } from '../services.js';

/** The flat counts of an action: participants now, participants so far, and attempts so far by outcome. */
export function actionCounts(tally: ActionTally, people: PeopleNow): ActionCounts {
  return {
    ...people,
    selected: tally.selected,
    rang: tally.rang,
    answered: tally.answered,
    reached: tally.reached,
    ...tally.outcomes,
    heard: tally.heard,
    replayed: tally.replayed,
    closing_called: tally.closingCalled,
    closing_answered: tally.closingAnswered,
  };
}

/** The facts about an action in its events. */
export function actionFacts({ state, result, message, centralistId, team }: Action): Readonly<Record<string, unknown>> {
  return { state, result, version: message.version, centralistId, team };
}

/** The real course of an action so far, for comparison with its plan. */
export function actionReality({ startedAt }: Action, tally: ActionTally): Reality {
  const seconds = (at: number | null): number | null =>
    at === null || startedAt === null ? null : Math.max(0, Math.round((at - startedAt) / 100) / 10);
  return {
    calledOnceSeconds: {
      half: seconds(tally.halfCalledAt),
      ninety: seconds(tally.ninetyCalledAt),
      all: seconds(tally.allCalledAt),
    },
    selected: tally.selected,
    reached: tally.reached,
  };
}

/** The warnings about the reach of an action. */
export function reachWarnings(
  { state, startedAt }: Action,
  { called, reached }: ActionTally,
  { waiting, dialing, ringing, in_call }: PeopleNow,
  now: number,
): readonly Warning[] {
  const runningMs = startedAt === null ? 0 : now - startedAt;
  const low = lowReach({ state, runningMs, called, reached, waiting, live: dialing + ringing + in_call });
  return low ? [low] : [];
}

/**
 * The times of the events of an action; null for events that have not happened. `alertsLeft`: participants
 * with a live or future alert call.
 */
export function actionTimeline(action: Action, tally: ActionTally, alertsLeft: number): ActionTimeline {
  // A close cancels the alerts that were left, so they were never done.
  const undone = action.state === 'closed' ? action.leftAtClose : alertsLeft;
  return {
    startedAt: action.startedAt,
    firstInviteAt: tally.firstInviteAt,
    halfReachedAt: tally.halfReachedAt,
    ninetyReachedAt: tally.ninetyReachedAt,
    dialedOutAt: undone === 0 ? tally.lastAttemptEndedAt : null,
    firstTipAt: tally.firstTipAt,
    closedAt: action.closedAt,
  };
}
