import type { ActionId } from '../../domain/action.js';
import type { AttemptId, AttemptOrder } from '../../domain/attempt.js';
import type { Outcome } from '../../domain/outcome.js';
import type { E164 } from '../../domain/phone-number.js';
import { retryAfterWaitMs } from '../../domain/refusal.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { LiveAttempt } from './attempt-runner.js';
import type { Campaign } from './campaign.js';
import type { Person } from './person.js';
import type { CongestionCall } from './trunk-congestion.js';
import type { Lease } from './trunk-lines.js';

/** An alert, update or closing call that has ended and whose outcome is stored. */
export type EndedAttempt = AttemptOrder & {
  readonly outcome: Outcome;
  /** Version of the message that was confirmed; null when no digit was pressed. */
  readonly heardVersion: number | null;
};

export interface LiveAttemptsParts {
  /** Called when the operator carried the call, or refused it for any reason but lack of capacity. */
  readonly callSucceeded: (call: CongestionCall) => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly onEnded: (attempt: EndedAttempt) => void;
}

/** A live attempt, with its campaign and person, and the line that it holds. */
export interface FollowedAttempt {
  readonly attempt: LiveAttempt;
  readonly order: AttemptOrder;
  readonly campaign: Campaign;
  readonly person: Person;
  readonly lease: Lease;
  readonly call: CongestionCall;
}

/**
 * The live attempts, each followed to its end. At the end, in this order: the trunk's congestion is updated,
 * the campaign decides what comes next for the person, the action is told, and only then is the line given
 * back.
 */
export class LiveAttempts {
  readonly #live = new Map<AttemptId, FollowedAttempt>();

  constructor(private readonly parts: LiveAttemptsParts) {}

  follow(followed: FollowedAttempt): void {
    const { attempt } = followed;
    this.#live.set(attempt.attemptId, followed);
    void attempt.done.then((done) => {
      this.#live.delete(attempt.attemptId);
      this.#ended(followed, done);
    });
  }

  /** The person's live attempt, if there is one. */
  of({ state }: Person): LiveAttempt | undefined {
    return state.type === 'live' ? this.#live.get(state.attemptId)?.attempt : undefined;
  }

  /** Cancels the unanswered alert and update calls of an action. */
  stopRinging(actionId: ActionId, reason: string): void {
    for (const { attempt, campaign } of this.#live.values())
      if (campaign.actionId === actionId && campaign.purpose !== 'closing') attempt.cancelUnanswered(reason);
  }

  /** Cancels the unanswered calls to this telephone, in any action. */
  cancelUnanswered(phone: E164, reason: string): void {
    for (const { attempt, order } of this.#live.values()) if (order.phone === phone) attempt.cancelUnanswered(reason);
  }

  get count(): number {
    return this.#live.size;
  }

  #ended(
    { order, call, campaign, person, lease }: FollowedAttempt,
    { outcome, heardVersion, end }: Awaited<LiveAttempt['done']>,
  ): void {
    const { clock, log, callSucceeded, onEnded } = this.parts;
    const { phone } = order;
    // A refusal for lack of capacity was reported to TrunkCongestion before the outcome was stored.
    if (outcome !== 'cancelled' && outcome !== 'interrupted' && outcome !== 'congestion') callSucceeded(call);
    const askedMs = retryAfterWaitMs(end.retryAfterSeconds);
    campaign.ended(person, {
      phone,
      outcome,
      endedAt: clock.monotonic(),
      lineDead: end.lineDead === true,
      ...(outcome === 'congestion' && askedMs > 0 ? { retryAfterMs: askedMs } : {}),
    });
    // A person who pressed a digit is never called again, even when the line was lost after it.
    if (heardVersion !== null) campaign.drop(person.participantId);
    try {
      onEnded({ ...order, outcome, heardVersion });
    } catch (error) {
      log.error('call-ended handler failed', { error: String(error) });
    }
    lease.release();
  }
}
