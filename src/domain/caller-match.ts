import type { ActionId, ParticipantId } from './ids.js';
import type { E164 } from './phone-number.js';

/** The relation of a known caller to one action. */
export interface Standing {
  readonly actionId: ActionId;
  readonly participantId: ParticipantId;
  readonly state: 'running' | 'paused' | 'closed';
  readonly startedAt: number;
  readonly closedAt: number | null;
  /** When the participant was reached in this action; null when they were not. */
  readonly reachedAt: number | null;
}

/**
 * The standings as they were at an earlier time, ms UTC. Actions that started later are left out. Whether a
 * running action was paused at that time is not known, and makes no difference to a caller.
 */
export function standingsAt(standings: readonly Standing[], at: number): Standing[] {
  return standings
    .filter(({ startedAt }) => startedAt <= at)
    .map((standing) => {
      const { closedAt, reachedAt } = standing;
      const reached = reachedAt !== null && reachedAt <= at ? { reachedAt } : { reachedAt: null };
      return closedAt !== null && closedAt > at
        ? { ...standing, ...reached, state: 'running', closedAt: null }
        : { ...standing, ...reached };
    });
}

/** A caller of the tip line: the number that the network shows, and the participant who has that number. */
export type Caller =
  | { readonly type: 'withheld' }
  | { readonly type: 'unknown'; readonly from: E164 | null }
  | {
      readonly type: 'known';
      /** Null for a caller who gave a personal code. */
      readonly from: E164 | null;
      readonly participantId: ParticipantId;
      /**
       * Running, paused and just closed actions that selected this participant, or a participant with the
       * same number.
       */
      readonly standings: readonly Standing[];
    };
