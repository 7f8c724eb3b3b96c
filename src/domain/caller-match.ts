import type { ActionId } from './action.js';
import type { ParticipantId } from './participant.js';
import type { E164 } from './phone-number.js';

/** Where a known caller stands in one action. */
export interface Standing {
  readonly actionId: ActionId;
  readonly participantId: ParticipantId;
  readonly state: 'running' | 'paused' | 'closed';
  readonly startedAt: number;
  readonly closedAt: number | null;
  readonly reached: boolean;
}

/** Who rings: as the network shows it, and who that is to us. */
export type Caller =
  | { readonly type: 'withheld' }
  | { readonly type: 'unknown'; readonly from: E164 | null }
  | {
      readonly type: 'known';
      /** Null for who was known by their personal code. */
      readonly from: E164 | null;
      readonly participantId: ParticipantId;
      /** Actions in which they (or who shares their number) were selected: running and paused ones, and those just closed. */
      readonly standings: readonly Standing[];
    };
