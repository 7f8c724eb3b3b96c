import type { AttemptId, LiveStage } from '../../domain/attempt.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import type { PastAttempt } from '../../domain/retry.js';

/** A participant whom a campaign calls. */
export interface Person {
  readonly participantId: ParticipantId;
  readonly phones: readonly E164[];
  /** Position in the calling order. */
  readonly place: number;
  /** Attempts that have ended, oldest first; `endedAt` in monotonic ms. */
  readonly past: PastAttempt[];
  /** Number of attempts, including the live one. */
  tries: number;
  /** Only the campaign changes the state, because it counts people by state. */
  readonly state: PersonState;
}

/**
 * ready      can be called now
 * waiting    waits for the time of the next try
 * parked     the telephone to call is in use or reserved: the person waits until it is free
 * live       an attempt is in progress; `then` says what happens to the person when it has ended
 * suspended  is on the tip line, or is being called back; must not be called meanwhile
 * done       confirmed, out of tries, or dropped
 */
export type PersonState = Ready | Waiting | Parked | Live | { readonly type: 'suspended' } | { readonly type: 'done' };

export interface Ready {
  readonly type: 'ready';
  readonly phone: E164;
}
export interface Waiting {
  readonly type: 'waiting';
  readonly phone: E164;
  /** Monotonic ms. */
  readonly until: number;
  /** Whether this is a retry. False when our fault or the operator's refusal postponed the first try. */
  readonly retry: boolean;
}
interface Parked {
  readonly type: 'parked';
  readonly phone: E164;
  /** How the person waits once the telephone is free. */
  readonly then: Ready | Waiting;
}
interface Live {
  readonly type: 'live';
  readonly attemptId: AttemptId;
  readonly stage: LiveStage;
  readonly then: 'next' | 'suspended' | 'done';
}

/** Whether the operator refused the last call to the person for lack of capacity. */
export const wasRefused = ({ past }: Person): boolean => past.at(-1)?.outcome === 'congestion';
