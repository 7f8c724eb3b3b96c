import type { ActionId } from '../../domain/action.js';
import type { AttemptId } from '../../domain/attempt.js';
import type { Outcome } from '../../domain/outcome.js';
import type { E164 } from '../../domain/phone-number.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { AttemptOrder } from './attempt-journal.js';
import type { LiveAttempt } from './attempt-runner.js';
import type { Campaign, Person } from './campaign.js';
import type { Lease } from './trunk-lines.js';
import { heldFor } from '../../domain/refusal.js';
import type { CongestionCall } from './trunk-congestion.js';

/** An alert, update or closing call that has ended, with its outcome stored. */
export type EndedAttempt = AttemptOrder & {
  readonly outcome: Outcome;
  /** Version of the message that was confirmed; null when none was. */
  readonly heardVersion: number | null;
};

export interface LiveAttemptsParts {
  /** The operator carried the call, or answered anything but a lack of room. */
  readonly callSucceeded: (call: CongestionCall) => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly onEnded: (attempt: EndedAttempt) => void;
}

/** An attempt under way: whose it is, and what it holds. */
export interface Followed {
  readonly attempt: LiveAttempt;
  readonly order: AttemptOrder;
  readonly campaign: Campaign;
  readonly person: Person;
  readonly lease: Lease;
  readonly call: CongestionCall;
}

/**
 * The attempts under way, each followed to its end. Then, in this order: what it says of the operator's room, what becomes
 * of the person, what follows for the action, and only then is its line free.
 */
export class LiveAttempts {
  readonly #live = new Map<AttemptId, Followed>();

  constructor(private readonly parts: LiveAttemptsParts) {}

  follow(followed: Followed): void {
    const { attempt } = followed;
    this.#live.set(attempt.attemptId, followed);
    void attempt.done.then((done) => {
      this.#live.delete(attempt.attemptId);
      this.#ended(followed, done);
    });
  }

  /** The call that is up with this person, if any. */
  of({ state }: Person): LiveAttempt | undefined {
    return state.type === 'live' ? this.#live.get(state.attemptId)?.attempt : undefined;
  }

  /** Ends the alert and update calls of an action that nobody has answered. */
  stopRinging(actionId: ActionId, reason: string): void {
    for (const { attempt, campaign } of this.#live.values())
      if (campaign.actionId === actionId && campaign.purpose !== 'closing') attempt.cancelUnanswered(reason);
  }

  /** Ends the calls to this telephone that nobody has answered, in any action. */
  takeBack(phone: E164, reason: string): void {
    for (const { attempt, order } of this.#live.values()) if (order.phone === phone) attempt.cancelUnanswered(reason);
  }

  get count(): number {
    return this.#live.size;
  }

  #ended(
    { order, call, campaign, person, lease }: Followed,
    { outcome, heardVersion, end }: Awaited<LiveAttempt['done']>,
  ): void {
    const { clock, log, callSucceeded: letThrough, onEnded } = this.parts;
    const { phone } = order;
    // A refusal for lack of room the operator's room was told of before the outcome was stored.
    if (outcome !== 'cancelled' && outcome !== 'interrupted' && outcome !== 'congestion') letThrough(call);
    const askedMs = heldFor(end.retryAfterSeconds);
    campaign.ended(person, {
      phone,
      outcome,
      endedAt: clock.monotonic(),
      lineDead: end.lineDead === true,
      ...(outcome === 'congestion' && askedMs > 0 ? { retryAfterMs: askedMs } : {}),
    });
    // Whoever pressed a digit is never called again, even when the line was lost after it.
    if (heardVersion !== null) campaign.drop(person.participantId);
    try {
      onEnded({ ...order, outcome, heardVersion });
    } catch (error) {
      log.error('what follows from a call could not be done', { error: String(error) });
    }
    lease.release();
  }
}
