import type { RetryAfter } from './retry-after.js';

/** The end of a call comes within milliseconds of the copy of its refusal. */
const KEEP_MS = 10_000;
/** More than this are not kept: at 100 calls a second, all refused, it is the calls of KEEP_MS. */
const MOST = 1_000;

/**
 * What refusals of late have asked for, until the call that each ended takes it. By the Call-ID of SIP: two answers may
 * cross, and nobody who sends us messages of another's making can know it. Times are monotonic ms.
 */
export class RetryAfterBook {
  readonly #asked = new Map<string, { readonly seconds: number; readonly at: number }>();

  refused({ sipCallId, seconds }: RetryAfter, now: number): void {
    // Put in anew, so that the oldest comes first.
    this.#asked.delete(sipCallId);
    this.#asked.set(sipCallId, { seconds, at: now });
    for (const [oldest, { at }] of this.#asked) {
      if (this.#asked.size <= MOST && now - at <= KEEP_MS) return;
      this.#asked.delete(oldest);
    }
  }

  /** For how many seconds the refusal of this call asks us to stay away; undefined when it does not. */
  take(sipCallId: string, now: number): number | undefined {
    const asked = this.#asked.get(sipCallId);
    this.#asked.delete(sipCallId);
    return asked && now - asked.at <= KEEP_MS ? asked.seconds : undefined;
  }
}
