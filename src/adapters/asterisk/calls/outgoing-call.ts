import { deferred } from '../../../lib/deferred.js';
import type { Call, CallEnd, CallId } from '../../../ports/call.js';
import type { Clock } from '../../../ports/clock.js';
import type { CallOrder, CancelReason, OutgoingCall } from '../../../ports/telephony.js';
import type { AriLink } from '../ari/ari-link.js';
import { AriError } from '../ari/errors.js';
import type { AsteriskCall } from './asterisk-call.js';
import { OnceEvent } from './call-leg.js';

/**
 * Before the first response to an INVITE, PJSIP delays a CANCEL until that response comes, and then sends it
 * without a Reason header. So a cancellation with a reason waits until the telephone rings, for at most this
 * long.
 */
const RINGS_WITHIN_MS = 5_000;

/** A call that the controller originates and a flow plays, from the originate request to its end. */
export class AsteriskOutgoingCall implements OutgoingCall {
  readonly #answered = deferred<Call | CallEnd>();
  readonly #ringing = new OnceEvent<[]>();
  #wasAnswered = false;
  /** Asterisk has accepted the originate request, so the channel must be in its list from now on. */
  accepted = false;

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

  get unanswered(): boolean {
    return !this.#wasAnswered;
  }

  get ended(): Promise<CallEnd> {
    return this.call.ended;
  }

  onRinging(listener: () => void): void {
    this.#ringing.on(listener);
  }

  cancel(why?: CancelReason): void {
    if (why === undefined) void this.call.hangUp();
    else if (this.#ringing.happened || this.#wasAnswered) void this.call.answeredElsewhere();
    else {
      const takeBack = (): void => void this.call.answeredElsewhere();
      const stop = this.clock.after(RINGS_WITHIN_MS, takeBack);
      void this.answered.then(stop);
      this.onRinging(takeBack);
    }
  }

  // ------------------------------------------------------------------ events, delivered by LiveCalls

  onRang(): void {
    this.#ringing.fire();
  }

  onAnswered(): void {
    if (this.#wasAnswered) return;
    this.#wasAnswered = true;
    this.call.onUp();
    this.#answered.resolve(this.call);
  }
}

/**
 * Finds out what became of a failed originate request. `refused`: Asterisk said no, or never received it.
 * When the request was not answered, Asterisk may have carried it out. Requests are carried out in order, so
 * the call is looked up with the next request that is answered: it is `there`, or it is `gone`. `over`: its
 * end was reported meanwhile.
 */
export async function lookUpOriginated(
  error: unknown,
  call: { readonly id: CallId; readonly over: boolean; readonly ended: Promise<unknown> },
  link: AriLink,
): Promise<'refused' | 'there' | 'gone' | 'over'> {
  if (!(error instanceof AriError) || !error.unanswered || error.unsent) return 'refused';
  for (;;) {
    await Promise.race([link.whenUp(), call.ended]);
    if (call.over) return 'over';
    try {
      await link.request('GET', `channels/${call.id}`);
      return 'there';
    } catch (refusal) {
      if (!(refusal instanceof AriError)) throw refusal;
      if (!refusal.unanswered) return 'gone';
    }
  }
}
