import type { Refusal } from './retry-after.js';

/** The end of a call comes within milliseconds of the copy of its refusal. */
const KEEP_MS = 10_000;
/** More than this are not kept: at 100 calls a second and 200 strangers, all refused, it is the calls of KEEP_MS. */
const MOST = 3_000;

/**
 * The refusals of late, until the call that each ended takes it. By the Call-ID of SIP: two answers may cross, and nobody
 * who sends us messages of another's making can know it. Times are monotonic ms.
 */
export class RetryAfterBook {
  readonly #refusals = new Map<string, { readonly refusal: Refusal; readonly at: number }>();

  refused(refusal: Refusal, now: number): void {
    // Put in anew, so that the oldest comes first.
    this.#refusals.delete(refusal.sipCallId);
    this.#refusals.set(refusal.sipCallId, { refusal, at: now });
    for (const [oldest, { at }] of this.#refusals) {
      if (this.#refusals.size <= MOST && now - at <= KEEP_MS) return;
      this.#refusals.delete(oldest);
    }
  }

  /** The refusal of this call; undefined when none is known. */
  take(sipCallId: string, now: number): Refusal | undefined {
    const kept = this.#refusals.get(sipCallId);
    this.#refusals.delete(sipCallId);
    return kept && now - kept.at <= KEEP_MS ? kept.refusal : undefined;
  }
}
