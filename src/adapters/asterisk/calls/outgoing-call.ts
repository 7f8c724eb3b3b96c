import { deferred } from '../../../lib/deferred.js';
import type { Call, CallEnd, CallId } from '../../../ports/call.js';
import type { Clock } from '../../../ports/clock.js';
import type { CallOrder, CancelReason, OutgoingCall } from '../../../ports/telephony.js';
import type { AsteriskCall } from './asterisk-call.js';

/**
 * A telephone that has not answered the INVITE with anything gets its CANCEL when it does, and that one says no reason: it
 * is made inside PJSIP. So a call that does not ring yet is taken back when it rings, or after this.
 */
const RINGS_WITHIN_MS = 5_000;

/** A call that we make, from the order to its end. */
export class AsteriskOutgoingCall implements OutgoingCall {
  readonly #answered = deferred<Call | CallEnd>();
  readonly #ringing: (() => void)[] = [];
  #rang = false;
  #wasAnswered = false;
  /** Asterisk has taken the order: from now on its list says whether the call is there. */
  ordered = false;

  constructor(
    readonly order: CallOrder,
    readonly call: AsteriskCall,
    private readonly clock: Clock,
  ) {
    void call.ended.then((end) => {
      this.#answered.resolve(end);
    });
  }

  get id(): CallId {
    return this.order.id;
  }

  get answered(): Promise<Call | CallEnd> {
    return this.#answered.promise;
  }

  get ended(): Promise<CallEnd> {
    return this.call.ended;
  }

  onRinging(listener: () => void): void {
    if (this.#rang) listener();
    else this.#ringing.push(listener);
  }

  cancel(why?: CancelReason): void {
    if (why === undefined) void this.call.hangUp();
    else if (this.#rang || this.#wasAnswered) void this.call.takenElsewhere();
    else {
      const takeBack = (): void => void this.call.takenElsewhere();
      const stop = this.clock.after(RINGS_WITHIN_MS, takeBack);
      void this.answered.then(stop);
      this.onRinging(takeBack);
    }
  }

  // ------------------------------------------------------------------ told by the telephony adapter

  onRang(): void {
    if (this.#rang) return;
    this.#rang = true;
    for (const listener of this.#ringing.splice(0)) listener();
  }

  get unanswered(): boolean {
    return !this.#wasAnswered;
  }

  /** False when it was told before. */
  onAnswered(): boolean {
    if (this.#wasAnswered) return false;
    this.#wasAnswered = true;
    this.call.onUp();
    this.#answered.resolve(this.call);
    return true;
  }
}
