import type { ActionId, ParticipantId } from './ids.js';
import type { Caller, Standing } from './caller-match.js';

/** After this time a caller no longer hears that the action has ended, but is routed as not selected. */
export const JUST_CLOSED_MS = 30 * 60_000;

/** Most actions that a caller can choose from. There are prompts for five, and no caller listens to more. */
export const MOST_CHOICES = 5;

/** The route of a caller. Its reason is stored with the call. */
export type Route =
  | {
      readonly type: 'connect';
      readonly reason: 'reached';
      readonly actionId: ActionId;
      readonly participantId: ParticipantId;
    }
  | {
      readonly type: 'choose';
      readonly reason: 'reached_several';
      /** Newest first, at most {@link MOST_CHOICES}. */
      readonly choices: readonly Standing[];
    }
  | {
      readonly type: 'inform';
      readonly reason: 'not_reached';
      readonly actionId: ActionId;
      readonly participantId: ParticipantId;
    }
  | {
      readonly type: 'ended';
      readonly reason: 'just_closed';
      readonly actionId: ActionId;
      readonly participantId: ParticipantId;
    }
  | { readonly type: 'refuse'; readonly reason: 'not_selected'; readonly participantId: ParticipantId }
  | { readonly type: 'refuse'; readonly reason: 'unknown' }
  /** The caller may give a personal code. */
  | { readonly type: 'ask_code'; readonly reason: 'withheld' };

/**
 * Decides the route of a caller. An open action that reached the caller decides first, then an open action
 * that selected the caller, then a just closed action that reached the caller. `now` in ms UTC.
 */
export function routeCaller(caller: Caller, now: number): Route {
  if (caller.type === 'withheld') return { type: 'ask_code', reason: 'withheld' };
  if (caller.type === 'unknown') return { type: 'refuse', reason: 'unknown' };
  const newestFirst = caller.standings.toSorted((a, b) => b.startedAt - a.startedAt);
  const open = newestFirst.filter((standing) => standing.state !== 'closed');
  const reached = onePerAction(
    open.filter(({ reachedAt }) => reachedAt !== null),
    caller.participantId,
  );
  const [first, second] = reached;
  if (first && second) return { type: 'choose', reason: 'reached_several', choices: reached.slice(0, MOST_CHOICES) };
  if (first) {
    return { type: 'connect', reason: 'reached', actionId: first.actionId, participantId: first.participantId };
  }
  const waiting = open[0];
  if (waiting) {
    return { type: 'inform', reason: 'not_reached', actionId: waiting.actionId, participantId: waiting.participantId };
  }
  const ended = newestFirst.find(
    ({ reachedAt, closedAt }) => reachedAt !== null && closedAt !== null && now - closedAt < JUST_CLOSED_MS,
  );
  if (ended) {
    return { type: 'ended', reason: 'just_closed', actionId: ended.actionId, participantId: ended.participantId };
  }
  return { type: 'refuse', reason: 'not_selected', participantId: caller.participantId };
}

/**
 * A household shares a number, so an action can occur twice in the list. It is offered once, with the
 * caller's own entry if there is one.
 */
function onePerAction(standings: readonly Standing[], participantId: ParticipantId): Standing[] {
  const byAction = new Map<ActionId, Standing>();
  for (const standing of standings) {
    if (!byAction.has(standing.actionId) || standing.participantId === participantId) {
      byAction.set(standing.actionId, standing);
    }
  }
  return [...byAction.values()];
}
