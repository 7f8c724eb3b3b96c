import type { ActionId } from '../domain/action.js';
import type { AttemptId } from '../domain/attempt.js';
import type { Outcome } from '../domain/outcome.js';
import type { E164 } from '../domain/phone-number.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { AttemptOrder } from './attempt-book.js';
import type { LiveAttempt } from './attempt-runner.js';
import type { Campaign, Person } from './campaign.js';
import type { Lease, Lines } from './lines.js';
import type { OperatorRoom } from './operator-room.js';

/** An alert, update or closing call that has ended, with its outcome stored. */
export type EndedAttempt = AttemptOrder & {
  readonly outcome: Outcome;
  /** Version of the message that was confirmed; null when none was. */
  readonly heardVersion: number | null;
};

export interface LiveAttemptsParts {
  readonly lines: Lines;
  readonly room: OperatorRoom;
  readonly clock: Clock;
  readonly log: Log;
  /** Calls of ours that the operator carries now, as far as it has said: those that ring or are answered. */
  readonly carried: () => number;
  readonly onEnded: (attempt: EndedAttempt) => void;
}

/** An attempt under way: whose it is, and what it holds. */
export interface Followed {
  readonly attempt: LiveAttempt;
  readonly order: AttemptOrder;
  readonly campaign: Campaign;
  readonly person: Person;
  readonly lease: Lease;
  /** Monotonic ms; -Infinity when an earlier process started it. */
  readonly startedAt: number;
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
    { order, campaign, person, lease, startedAt }: Followed,
    { outcome, heardVersion, end }: Awaited<LiveAttempt['done']>,
  ): void {
    const { clock, log, room, lines, carried, onEnded } = this.parts;
    const { actionId, phone } = order;
    if (outcome === 'congestion') {
      const again = person.past.some((past) => past.phone === phone && past.outcome === 'congestion');
      // Who rings us is carried too.
      room.refused(actionId, end, { startedAt, again, carried: carried() + lines.inbound });
    } else if (outcome !== 'cancelled' && outcome !== 'interrupted') room.letThrough(startedAt);
    campaign.ended(person, { phone, outcome, endedAt: clock.monotonic(), lineDead: end.lineDead === true });
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
