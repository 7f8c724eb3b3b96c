import type { ActionId, ParticipantId } from './ids.js';
import type { Outcome } from './outcome.js';
import type { E164 } from './phone-number.js';

export type AttemptId = number;

/** What a participant is called for: the message, a changed message, or the closing message. */
export const PURPOSES = ['alert', 'update', 'closing'] as const;
export type Purpose = (typeof PURPOSES)[number];

/**
 * The stage of an attempt without an outcome: the INVITE was sent, the telephone rings, or the call was
 * answered.
 */
export const LIVE_STAGES = ['dialing', 'ringing', 'in_call'] as const;
export type LiveStage = (typeof LIVE_STAGES)[number];

/**
 * One outbound call to one number for one action. Stored before its INVITE is sent. Ends in exactly one
 * outcome.
 */
export interface Attempt {
  readonly id: AttemptId;
  readonly actionId: ActionId;
  readonly participantId: ParticipantId;
  readonly phone: E164;
  readonly purpose: Purpose;
  /** 1 for the first call to this person for this purpose, 2 for the next. A new update may start at 1. */
  readonly number: number;
  /** Version of the message when the call was originated. A later version may be played. */
  readonly messageVersion: number;
  readonly outcome: Outcome | null;
  readonly dialedAt: number;
  readonly rangAt: number | null;
  readonly answeredAt: number | null;
  readonly confirmedAt: number | null;
  readonly endedAt: number | null;
  /** Seconds of the message that were played, all plays together. */
  readonly heardSeconds: number;
  /** Number of plays of the message, unfinished ones included. */
  readonly plays: number;
  readonly sipStatus: number | null;
  readonly cause: number | null;
  /** Seconds of the Retry-After with which the operator refused the call. */
  readonly retryAfterSeconds: number | null;
  /**
   * Why the attempt ended so, in words for the administrator. Null when the outcome is explanation enough.
   */
  readonly reason: string | null;
}

/** The call that an attempt makes. */
export type AttemptOrder = Pick<Attempt, 'actionId' | 'participantId' | 'phone' | 'purpose' | 'number'>;

/** The facts that are stored when an attempt ends. */
export interface AttemptEnd {
  readonly outcome: Outcome;
  readonly endedAt: number;
  readonly heardSeconds: number;
  readonly plays: number;
  readonly sipStatus: number | null;
  readonly cause: number | null;
  readonly retryAfterSeconds: number | null;
  readonly reason: string | null;
}
