import { deferred } from '../../lib/deferred.js';
import type { Call, CallEnd, CallId } from '../../ports/call.js';
import type { CallOrder, OutgoingCall } from '../../ports/telephony.js';
import type { AsteriskCall } from './asterisk-call.js';

/** A call that we make, from the order to its end. */
export class Outgoing implements OutgoingCall {
  readonly #answered = deferred<Call | CallEnd>();
  readonly #ringing: (() => void)[] = [];
  #rang = false;
  #wasAnswered = false;
  /** Asterisk has taken the order: from now on its list says whether the call is there. */
  ordered = false;

  constructor(
    readonly order: CallOrder,
    readonly call: AsteriskCall,
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

  cancel(): void {
    void this.call.hangUp();
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
