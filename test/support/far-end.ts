import type { Digit } from '../../src/ports/call.js';

/** What somebody at the other end does. Times before the answer count from the order, those after it from the answer. */
export interface FarEnd {
  /** Says that the telephone rings (180) after this; default 100 ms, `never` when the network does not say so. */
  readonly ringsAfterMs?: number | 'never';
  /** Answers after this; absent: lets it ring. */
  readonly answersAfterMs?: number;
  /** Refuses with this instead of answering, after `answersAfterMs` (default 200 ms). */
  readonly refuses?: { readonly status: number; readonly reason?: string; readonly retryAfterSeconds?: number };
  /** No response at all: the trunk is dead. */
  readonly dead?: boolean;
  /** Keys, each so long after the answer. */
  readonly presses?: readonly { readonly digit: Digit; readonly atMs: number }[];
  /** Hangs up so long after the answer. */
  readonly hangsUpAtMs?: number;
  /** The telephony loses the call so long after the answer, or after the order when it is never answered. */
  readonly isLostAtMs?: number;
  /** The far end stops answering SIP so long after the answer, without a hang-up: the line is dead. */
  readonly lineDiesAtMs?: number;
  /** How long they speak when they are recorded; after that they are silent. */
  readonly speaksMs?: number;
}

/** Answers after two seconds, presses 1 two seconds later, listens to the end. */
export const PRESSES: FarEnd = { answersAfterMs: 2_000, presses: [{ digit: '1', atMs: 2_000 }] };
export const NO_DIGIT: FarEnd = { answersAfterMs: 2_000 };
export const HANGS_UP: FarEnd = { answersAfterMs: 2_000, hangsUpAtMs: 1_500 };
export const RINGS_OUT: FarEnd = {};
export const BUSY: FarEnd = { refuses: { status: 486, reason: 'Busy Here' } };
export const DECLINES: FarEnd = { refuses: { status: 603, reason: 'Decline' }, answersAfterMs: 3_000 };
export const CONGESTED: FarEnd = { refuses: { status: 503, reason: 'Service Unavailable' } };
