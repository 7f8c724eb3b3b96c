import type { Digit } from '../../src/ports/call.js';

/** The behaviour of a far end. Times before the answer count from the order, later times from the answer. */
export interface FarEnd {
  /** Reports ringing (180) after this; default 100 ms; `never` when the network does not report ringing. */
  readonly ringsAfterMs?: number | 'never';
  /** Answers after this. Without this it does not answer. */
  readonly answersAfterMs?: number;
  /** Refuses with this status instead of answering, after `answersAfterMs` (default 200 ms). */
  readonly refuses?: { readonly status: number; readonly reason?: string; readonly retryAfterSeconds?: number };
  /** Sends no response at all, like a dead trunk. */
  readonly dead?: boolean;
  /** Keys, each with its time after the answer. */
  readonly presses?: readonly { readonly digit: Digit; readonly atMs: number }[];
  /** Hangs up this long after the answer. */
  readonly hangsUpAtMs?: number;
  /**
   * The telephony loses the call this long after the answer, or after the order when it is never answered.
   */
  readonly isLostAtMs?: number;
  /** The far end stops answering SIP requests this long after the answer, without a hang-up. */
  readonly lineDiesAtMs?: number;
  /** Speaks for this long during a recording, and is silent afterwards. */
  readonly speaksMs?: number;
}

/** Answers after two seconds, presses 1 two seconds later, and listens to the end. */
export const PRESSES: FarEnd = { answersAfterMs: 2_000, presses: [{ digit: '1', atMs: 2_000 }] };
export const NO_DIGIT: FarEnd = { answersAfterMs: 2_000 };
export const HANGS_UP: FarEnd = { answersAfterMs: 2_000, hangsUpAtMs: 1_500 };
export const RINGS_OUT: FarEnd = {};
export const BUSY: FarEnd = { refuses: { status: 486, reason: 'Busy Here' } };
export const DECLINES: FarEnd = { refuses: { status: 603, reason: 'Decline' }, answersAfterMs: 3_000 };
export const CONGESTED: FarEnd = { refuses: { status: 503, reason: 'Service Unavailable' } };
