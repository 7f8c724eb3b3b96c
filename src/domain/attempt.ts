import type { ActionId } from './action.js';
import type { Outcome } from './outcome.js';
import type { ParticipantId } from './participant.js';
import type { E164 } from './phone-number.js';

export type AttemptId = number;

/** Why somebody is called: with the message, with a changed message, or with how it ended. */
export const PURPOSES = ['alert', 'update', 'closing'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** Where an attempt is while it has no outcome: the INVITE is out, the telephone rings, somebody answered. */
export const LIVE_STAGES = ['dialing', 'ringing', 'in_call'] as const;
export type LiveStage = (typeof LIVE_STAGES)[number];

/** One outbound call to one number for one action. Stored before its INVITE leaves; ends in exactly one outcome. */
export interface Attempt {
  readonly id: AttemptId;
  readonly actionId: ActionId;
  readonly participantId: ParticipantId;
  readonly phone: E164;
  readonly purpose: Purpose;
  /** 1 for the first call to this person in this action, 2 for the next… */
  readonly number: number;
  /** Version of the message that this attempt plays. */
  readonly messageVersion: number;
  readonly outcome: Outcome | null;
  readonly dialedAt: number;
  readonly rangAt: number | null;
  readonly answeredAt: number | null;
  readonly confirmedAt: number | null;
  readonly endedAt: number | null;
  /** Seconds of the message that were played to the person, all plays together. */
  readonly heardSeconds: number;
  /** How often the message was begun. */
  readonly plays: number;
  readonly sipStatus: number | null;
  readonly cause: number | null;
  /** Why it ended so, in words an operator understands; null when the outcome says it all. */
  readonly reason: string | null;
}

/** What is known when an attempt ends. */
export interface AttemptEnd {
  readonly outcome: Outcome;
  readonly endedAt: number;
  readonly heardSeconds: number;
  readonly plays: number;
  readonly sipStatus: number | null;
  readonly cause: number | null;
  readonly reason: string | null;
}
