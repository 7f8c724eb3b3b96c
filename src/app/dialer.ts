import type { Action, ActionId } from '../domain/action.js';
import type { Attempt, LiveStage, Purpose } from '../domain/attempt.js';
import type { Outcome } from '../domain/outcome.js';
import type { ParticipantId } from '../domain/participant.js';
import type { E164 } from '../domain/phone-number.js';
import type { PastAttempt, RetryPolicy } from '../domain/retry.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Stores } from '../ports/stores.js';
import type { LeftOutgoing } from '../ports/telephony.js';
import type { AttemptOrder, AttemptRunner, LiveAttempt } from './attempt-runner.js';
import { Campaign, type Person } from './campaign.js';
import type { EventBook } from './event-book.js';
import type { Lease, Lines } from './lines.js';
import { OperatorRoom } from './operator-room.js';
import { Turns } from './turns.js';

export interface DialerParts {
  readonly stores: Stores;
  readonly lines: Lines;
  readonly runner: AttemptRunner;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventBook;
  readonly retry: RetryPolicy;
  /** Why no call can be made at all now: the telephony is away, or outcomes cannot be stored. Empty when they can. */
  readonly hindrance: () => string;
  /** An alert or update call has ended and its outcome is stored. */
  readonly onEnded: (order: {
    actionId: ActionId;
    participantId: ParticipantId;
    phone: E164;
    purpose: Purpose;
    number: number;
    outcome: Outcome;
    /** Version of the message that was confirmed; null when none was. */
    heardVersion: number | null;
  }) => void;
}

/** While outcomes cannot be stored, looked at again after this. */
const RECHECK_MS = 1_000;

/**
 * Starts calls while there is a line, a slot and somebody to call. Nothing polls: a line given back, a slot come due, a
 * retry come due and a campaign begun each set it going. Actions that run share the lines, see `domain/fair-share.ts`.
 */
export class Dialer {
  readonly #campaigns: Campaign[] = [];
  readonly #live = new Map<
    number,
    { readonly attempt: LiveAttempt; readonly campaign: Campaign; readonly person: Person }
  >();
  readonly #paused = new Set<ActionId>();
  readonly #turns = new Turns();
  #wakeAt: number | undefined;
  #cancelWake = (): void => undefined;
  readonly #room: OperatorRoom;
  #pumping = false;
  #hindrance = '';
  #stopped = false;

  constructor(private readonly parts: DialerParts) {
    this.#room = new OperatorRoom(parts);
    parts.lines.onFreed(() => {
      this.pump();
    });
  }

  /** Begins to call people of an action for a purpose. `past` holds what was tried before a restart. */
  begin(
    action: Action,
    purpose: Purpose,
    people: readonly { participantId: ParticipantId; phones: readonly E164[]; past?: readonly Attempt[] }[],
  ): void {
    const campaign = this.#campaign(action.id, purpose) ?? this.#newCampaign(action.id, purpose);
    this.#turns.weigh(action);
    for (const { participantId, phones, past = [] } of people) {
      if (!campaign.has(participantId))
        campaign.add(
          participantId,
          phones,
          past.flatMap((attempt) => this.#asPast(attempt)),
          past.length,
        );
    }
    this.pump();
  }

  /**
   * Goes on with an attempt of an earlier process, whose call is up. `before` are the attempts of the same purpose to the
   * same person so far, this one included.
   */
  adopt(
    action: Action,
    attempt: Attempt,
    left: LeftOutgoing,
    phones: readonly E164[],
    before: readonly Attempt[],
  ): void {
    const { participantId, phone, purpose, number } = attempt;
    const campaign = this.#campaign(action.id, purpose) ?? this.#newCampaign(action.id, purpose);
    const stage: LiveStage = left.answered ? 'in_call' : left.rang ? 'ringing' : 'dialing';
    const person = campaign.adopt(
      participantId,
      phones,
      before.flatMap((one) => this.#asPast(one)),
      { attemptId: attempt.id, stage, tries: before.length },
    );
    const live = this.parts.runner.resume(attempt, left, (next) => {
      campaign.stage(person, next);
    });
    const order = { actionId: action.id, participantId, phone, purpose, number };
    this.#turns.weigh(action);
    // When it began is not known any more: it says nothing of the room that the operator has.
    this.#follow(campaign, person, order, live, { lease: this.parts.lines.takeOutbound(), startedAt: -Infinity });
  }

  /** The message was changed: who heard the old one is called again. Who has not been reached hears the new one anyway. */
  renew(action: Action, heardOld: readonly { participantId: ParticipantId; phones: readonly E164[] }[]): void {
    // A second update while the first still calls: its people are called once, with the newest message.
    const running = this.#campaign(action.id, 'update');
    for (const { participantId } of heardOld) {
      if (running?.get(participantId)?.state.type === 'done') running.forget(participantId);
    }
    this.begin(action, 'update', heardOld);
  }

  setPaused(actionId: ActionId, paused: boolean): void {
    if (paused) this.#paused.add(actionId);
    else this.#paused.delete(actionId);
    for (const campaign of this.#campaigns) if (campaign.actionId === actionId) campaign.paused = paused;
    if (!paused) this.pump();
  }

  /** No more alert and update calls for an action: ringing calls stop, people who listen hear it out. */
  stopAlerts(actionId: ActionId): void {
    for (const campaign of this.#campaigns) {
      if (campaign.actionId === actionId && campaign.purpose !== 'closing') campaign.stop();
    }
    for (const { attempt, campaign } of this.#live.values()) {
      if (campaign.actionId === actionId && campaign.purpose !== 'closing')
        attempt.cancelUnanswered('the action was closed');
    }
  }

  /** The person need not be called any more in this action: reached another way. A ringing call is cancelled. */
  drop(actionId: ActionId, participantId: ParticipantId, purposes: readonly Purpose[] = ['alert']): void {
    this.#each(actionId, participantId, purposes, (campaign, live) => {
      campaign.drop(participantId);
      live?.attempt.cancelUnanswered('reached another way');
    });
  }

  /** The person rings us, or is rung by a centralist: no call to them meanwhile; one that rings is cancelled. */
  suspend(actionId: ActionId, participantId: ParticipantId, why = 'the participant rings the tip line'): void {
    this.#each(actionId, participantId, ['alert', 'update'], (campaign, live) => {
      live?.attempt.cancelUnanswered(why);
      campaign.suspend(participantId);
    });
  }

  restore(actionId: ActionId, participantId: ParticipantId): void {
    this.#each(actionId, participantId, ['alert', 'update'], (campaign) => {
      campaign.restore(participantId);
    });
    this.pump();
  }

  /** Whether an alert or update call with this person is up now. */
  isLive(actionId: ActionId, participantId: ParticipantId): boolean {
    return this.#campaigns.some(
      (campaign) => campaign.actionId === actionId && campaign.get(participantId)?.state.type === 'live',
    );
  }

  /** Everybody who is being called now, in any action. */
  get onTheLine(): ReadonlySet<ParticipantId> {
    return new Set([...this.#live.values()].map(({ person }) => person.participantId));
  }

  /** People of an action by where they are now. */
  people(actionId: ActionId): { waiting: number; dialing: number; ringing: number; in_call: number } {
    const total = { waiting: 0, dialing: 0, ringing: 0, in_call: 0 };
    for (const campaign of this.#campaigns) {
      if (campaign.actionId !== actionId) continue;
      const count = campaign.count();
      total.waiting += count.waiting;
      total.dialing += count.dialing;
      total.ringing += count.ringing;
      total.in_call += count.in_call;
    }
    return total;
  }

  /** How the operator limits us, in words for people; empty when it does not. */
  get limited(): string {
    return this.#room.words;
  }

  get liveCalls(): number {
    return this.#live.size;
  }

  /** No new calls; live ones go on. */
  stop(): void {
    this.#stopped = true;
    this.#cancelWake();
  }

  /** Starts whatever may start now. Safe to call at any time. */
  pump(): void {
    // A line that is given back while calls are being started is seen by the loop that starts them.
    if (this.#stopped || this.#pumping) return;
    this.#cancelWake();
    this.#wakeAt = undefined;
    this.#pumping = true;
    try {
      while (this.#callNext());
    } finally {
      this.#pumping = false;
    }
  }

  // ------------------------------------------------------------------

  /** Calls the next person; false when nobody can be called now, with the time set at which to look again. */
  #callNext(): boolean {
    const now = this.parts.clock.monotonic();
    if (this.#isHindered()) {
      this.parts.lines.idle();
      this.#wake(now + RECHECK_MS);
      return false;
    }
    const next = this.#turns.next(now);
    if (!next) {
      this.parts.lines.idle();
      this.#wakeForRetry();
      return false;
    }
    const slot = this.parts.lines.tryOutbound(now, this.#room.allowed(now));
    if (!('lease' in slot)) {
      next.campaign.untake(next.person);
      if (slot.type === 'wait') this.#wake(slot.until);
      return false;
    }
    if (!this.#call(next.campaign, next.person, next.phone, slot.lease)) {
      this.#wake(now + RECHECK_MS);
      return false;
    }
    // Only a call that was made counts as a turn, or waiting for a slot would always cost the same action its turn.
    this.#turns.started(next.campaign.actionId);
    return true;
  }

  /** Says so in the log when it begins and when it ends. */
  #isHindered(): boolean {
    const hindrance = this.parts.hindrance();
    if (hindrance === '' && this.#hindrance !== '') this.parts.log.warn('calls can be made again');
    else if (hindrance !== '' && this.#hindrance === '')
      this.parts.log.error('NO CALLS CAN BE MADE; live ones go on', { reason: hindrance });
    this.#hindrance = hindrance;
    return hindrance !== '';
  }

  /** False when it could not be stored, and so was not made. */
  #call(campaign: Campaign, person: Person, phone: E164, lease: { release(): void }): boolean {
    const { participantId } = person;
    const { actionId, purpose } = campaign;
    const order = { actionId, participantId, phone, purpose, number: person.tries + 1 };
    const startedAt = this.parts.clock.monotonic();
    let live: LiveAttempt;
    try {
      live = this.parts.runner.start(order, (stage) => {
        campaign.stage(person, stage);
        this.#room.letThrough(startedAt);
      });
    } catch (error) {
      // The person stays first in line.
      campaign.untake(person);
      lease.release();
      this.parts.log.error('an attempt could not be stored; no calls until it can', { error: String(error) });
      return false;
    }
    campaign.began(person, live.attemptId);
    this.#follow(campaign, person, order, live, { lease, startedAt });
    return true;
  }

  #follow(
    campaign: Campaign,
    person: Person,
    order: AttemptOrder,
    live: LiveAttempt,
    { lease, startedAt }: { lease: Lease; startedAt: number },
  ): void {
    const { actionId, phone } = order;
    this.#live.set(live.attemptId, { attempt: live, campaign, person });
    void live.done.then(({ outcome, heardVersion, end }) => {
      this.#live.delete(live.attemptId);
      if (outcome === 'congestion') {
        const again = person.past.some((past) => past.phone === phone && past.outcome === 'congestion');
        this.#room.refused(actionId, end, { startedAt, again, carried: this.#carried() });
      } else if (outcome !== 'cancelled' && outcome !== 'interrupted') this.#room.letThrough(startedAt);
      campaign.ended(person, { phone, outcome, endedAt: this.parts.clock.monotonic() });
      // Whoever pressed a digit is never called again, even when the line was lost after it.
      if (heardVersion !== null) campaign.drop(person.participantId);
      try {
        this.parts.onEnded({ ...order, outcome, heardVersion });
      } catch (error) {
        this.parts.log.error('what follows from a call could not be done', { error: String(error) });
      }
      lease.release();
    });
  }

  /** Calls that the operator carries now, as far as it has said: those that ring or are answered, and who rings us. */
  #carried(): number {
    return this.#campaigns.reduce((sum, campaign) => sum + campaign.carried, this.parts.lines.inbound);
  }

  #wakeForRetry(): void {
    const due = this.#campaigns.map((campaign) => campaign.nextDueAt()).filter((time) => time !== undefined);
    if (due.length > 0) this.#wake(Math.min(...due));
  }

  #wake(at: number): void {
    if (this.#wakeAt !== undefined && this.#wakeAt <= at) return;
    this.#cancelWake();
    this.#wakeAt = at;
    this.#cancelWake = this.parts.clock.after(Math.max(0, at - this.parts.clock.monotonic()), () => {
      this.#wakeAt = undefined;
      this.pump();
    });
  }

  #campaign(actionId: ActionId, purpose: Purpose): Campaign | undefined {
    return this.#campaigns.find((campaign) => campaign.actionId === actionId && campaign.purpose === purpose);
  }

  #newCampaign(actionId: ActionId, purpose: Purpose): Campaign {
    const campaign = new Campaign(actionId, purpose, this.parts.retry);
    campaign.paused = this.#paused.has(actionId) && purpose !== 'closing';
    this.#campaigns.push(campaign);
    this.#turns.add(campaign);
    return campaign;
  }

  #each(
    actionId: ActionId,
    participantId: ParticipantId,
    purposes: readonly Purpose[],
    act: (campaign: Campaign, live: { attempt: LiveAttempt } | undefined) => void,
  ): void {
    for (const campaign of this.#campaigns) {
      if (campaign.actionId !== actionId || !purposes.includes(campaign.purpose)) continue;
      const person = campaign.get(participantId);
      if (!person) continue;
      const live = person.state.type === 'live' ? this.#live.get(person.state.attemptId) : undefined;
      act(campaign, live);
    }
  }

  /** A stored attempt in monotonic time. One without an outcome is live or lost; recovery has dealt with it before. */
  #asPast(attempt: Attempt): PastAttempt[] {
    if (attempt.outcome === null || attempt.endedAt === null) return [];
    // A call that we took back costs no try; who need not be called is not in the list.
    if (attempt.outcome === 'cancelled') return [];
    const age = Math.max(0, this.parts.clock.now() - attempt.endedAt);
    return [{ phone: attempt.phone, outcome: attempt.outcome, endedAt: this.parts.clock.monotonic() - age }];
  }
}
