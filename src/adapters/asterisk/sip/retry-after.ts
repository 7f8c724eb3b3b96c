import type { SipCopy } from './sip-copy.js';

/** A final refusal of an INVITE. */
export interface Refusal {
  /** SIP Call-ID of the refused call. */
  readonly sipCallId: string;
  /** Undefined when the refusal has no Retry-After. */
  readonly retryAfterSeconds: number | undefined;
}

/** These responses ask for a password, and Asterisk sends the same INVITE again with one (RFC 3261 22). */
const CHALLENGES: readonly number[] = [401, 407];

/**
 * Reads the refusal of a call from a copied SIP message; undefined for any other message. ARI does not report
 * Retry-After. The comment and `;duration` of the header (RFC 3261 20.33) are ignored.
 */
export function refusalIn(copy: SipCopy): Refusal | undefined {
  const { status } = copy;
  if (status === undefined || status < 300 || CHALLENGES.includes(status)) return undefined;
  const { callId: sipCallId } = copy;
  if (copy.cseq?.method !== 'INVITE' || sipCallId === undefined) return undefined;
  const seconds = /\r\nretry-after[ \t]*:\s*(\d{1,10})(?!\d)/i.exec(copy.headers)?.[1];
  return { sipCallId, retryAfterSeconds: seconds === undefined ? undefined : Number(seconds) };
}

/** The last event of a refused call comes within milliseconds of the copied refusal. */
const KEEP_MS = 10_000;
/** Enough for KEEP_MS of refusals at 100 outgoing calls and 200 strangers a second. */
const MAX_KEPT = 3_000;

/**
 * Keeps each recent refusal until its call reads it. Refusals are kept by SIP Call-ID, because two answers
 * may cross, and because a sender of forged messages cannot know that id. Times are monotonic ms.
 */
export class RecentRefusals {
  readonly #refusals = new Map<string, { readonly refusal: Refusal; readonly at: number }>();

  add(refusal: Refusal, now: number): void {
    // Deleting first moves a repeated refusal to the end, so that the map stays in order of arrival.
    this.#refusals.delete(refusal.sipCallId);
    this.#refusals.set(refusal.sipCallId, { refusal, at: now });
    for (const [oldest, { at }] of this.#refusals) {
      if (this.#refusals.size <= MAX_KEPT && now - at <= KEEP_MS) return;
      this.#refusals.delete(oldest);
    }
  }

  /** Removes and returns the refusal of this call; undefined when none is known. */
  take(sipCallId: string, now: number): Refusal | undefined {
    const kept = this.#refusals.get(sipCallId);
    this.#refusals.delete(sipCallId);
    return kept && now - kept.at <= KEEP_MS ? kept.refusal : undefined;
  }
}
