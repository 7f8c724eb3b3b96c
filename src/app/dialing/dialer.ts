import type { Action, ActionId } from '../../domain/action.js';
import type { Alarm } from '../../domain/alarm.js';
import type { Attempt, LiveStage, Purpose } from '../../domain/attempt.js';
import { provesDeadLine } from '../../domain/outcome.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import type { PastAttempt, RetryPolicy } from '../../domain/retry.js';
import { groupBy } from '../../lib/group-by.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { SurvivingOutgoing } from '../../ports/telephony.js';
import type { AttemptRunner, LiveAttempt } from './attempt-runner.js';
import type { Campaign, CampaignCount, Person } from './campaign.js';
import { Campaigns } from './campaigns.js';
import type { EventJournal } from '../journal/event-journal.js';
import type { Lease, TrunkLines } from './trunk-lines.js';
import { LiveAttempts, type EndedAttempt } from './live-attempts.js';
import { TrunkCongestion, type CongestionCall } from './trunk-congestion.js';
import { OriginateThrottle } from './originate-throttle.js';
import { Standstill } from './standstill.js';

export interface DialerParts {
  readonly lines: TrunkLines;
  readonly runner: AttemptRunner;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventJournal;
  readonly retry: RetryPolicy;
  /** Why no call can be made at all now: the telephony is away, or outcomes cannot be stored. Empty when they can. */
  readonly blockedBy: () => string;
  readonly onEnded: (attempt: EndedAttempt) => void;
}

/** A telephone that was on the line with us is put down for so long before the next call to it. */
const PUT_DOWN_MS = 2_000;
/** While outcomes cannot be stored, looked at again after this. */
const RECHECK_MS = 1_000;

/**
 * Starts calls while there is a line, a slot and somebody to call. Nothing polls: a line given back, a slot come due, a
 * retry come due and a campaign begun each set it going. Actions that run share the lines, see `domain/fair-share.ts`.
 */
export class Dialer {
  readonly #campaigns: Campaigns;
  readonly #room: TrunkCongestion;
  readonly #orders: OriginateThrottle;
  readonly #live: LiveAttempts;
  readonly #standstill: Standstill;
  readonly #isFree = (phone: E164): boolean => this.parts.lines.telephones.isFree(phone);
  #wakeAt: number | undefined;
  #cancelWake = (): void => undefined;
  #pumping = false;
  #blockedBy = '';
  #stopped = false;

  constructor(private readonly parts: DialerParts) {
    this.#campaigns = new Campaigns(parts.retry);
    this.#room = new TrunkCongestion({ ...parts, carried: () => this.#campaigns.carried });
    this.#orders = new OriginateThrottle(parts);
    this.#live = new LiveAttempts({
      ...parts,
      callSucceeded: (call) => {
        this.#callSucceeded(call);
      },
    });
    this.#standstill = new Standstill({
      ...parts,
      waiting: () => this.#campaigns.unrung((phone) => this.#room.isKnown(phone)),
      dialing: () => this.#campaigns.dialing,
      reason: () => parts.blockedBy() || this.#room.words,
    });
    parts.lines.onFreed(() => {
      this.pump();
    });
    parts.lines.telephones.onFreed((phone) => {
      const notBefore = parts.clock.monotonic() + PUT_DOWN_MS;
      if (this.#campaigns.freed(phone, notBefore)) this.pump();
    });
  }

  /** Begins to call people of an action for a purpose. `past` holds what was tried before a restart; who `ringsUs`, or is called back, waits. */
  begin(
    action: Action,
    purpose: Purpose,
    people: readonly {
      participantId: ParticipantId;
      phones: readonly E164[];
      past?: readonly Attempt[];
      ringsUs?: boolean;
    }[],
  ): void {
    const campaign = this.#campaigns.of(action, purpose);
    for (const { participantId, phones, past = [], ringsUs = false } of people) {
      if (!campaign.has(participantId))
        campaign.add(
          participantId,
          phones,
          past.flatMap((attempt) => this.#asPast(attempt)),
          past.length,
        );
      if (ringsUs) campaign.suspend(participantId);
      this.#remember(past);
    }
    this.pump();
  }

  /** A campaign to which people are added in slices, before `launch` begins to call them all. */
  prepare(actionId: ActionId, purpose: Purpose): Campaign {
    return this.#campaigns.prepare(actionId, purpose);
  }

  launch(action: Action, prepared: Campaign): void {
    this.#campaigns.install(action, prepared);
    this.pump();
  }

  /**
   * Goes on with an attempt of an earlier process, whose call is up. `before` are the attempts of the same purpose to the
   * same person so far, this one included.
   */
  adopt(
    action: Action,
    attempt: Attempt,
    left: SurvivingOutgoing,
    phones: readonly E164[],
    before: readonly Attempt[],
  ): void {
    const { participantId, phone, purpose, number } = attempt;
    const campaign = this.#campaigns.of(action, purpose);
    const stage: LiveStage = left.answered ? 'in_call' : left.rang ? 'ringing' : 'dialing';
    const person = campaign.adopt(
      participantId,
      phones,
      before.flatMap((one) => this.#asPast(one)),
      { attemptId: attempt.id, stage, tries: before.length },
    );
    this.#remember(before);
    const { clock } = this.parts;
    const startedAt = clock.monotonic() - Math.max(0, clock.now() - attempt.dialedAt);
    const call: CongestionCall = { actionId: action.id, participantId, phone, startedAt };
    const live = this.parts.runner.takeOver(
      attempt,
      left,
      (next) => {
        campaign.stage(person, next);
        this.#callSucceeded(call);
      },
      (end) => this.#room.refused(call, end),
    );
    const order = { actionId: action.id, participantId, phone, purpose, number };
    const lease = this.parts.lines.takeOutbound(phone);
    this.#live.follow({ attempt: live, order, call, campaign, person, lease });
  }

  /** The message was changed: who heard the old one is called again. Who has not been reached hears the new one anyway. */
  updateMessage(action: Action, heardOld: readonly { participantId: ParticipantId; phones: readonly E164[] }[]): void {
    // A second update while the first still calls: its people are called once, with the newest message.
    const running = this.#campaigns.find(action.id, 'update');
    for (const { participantId } of heardOld) {
      if (running?.get(participantId)?.state.type === 'done') running.forget(participantId);
    }
    this.begin(action, 'update', heardOld);
  }

  setPaused(actionId: ActionId, paused: boolean): void {
    this.#campaigns.setPaused(actionId, paused);
    if (!paused) this.pump();
  }

  /**
   * The action is about to be closed: until it is released nobody is called for it any more, and no telephone rings on.
   * Whoever's ringing was stopped is called again when it goes on after all.
   */
  hold(actionId: ActionId): { release(): void } {
    this.#campaigns.hold(actionId);
    this.#live.stopRinging(actionId, 'the action is being closed');
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        this.#campaigns.release(actionId);
        this.pump();
      },
    };
  }

  /** No more alert and update calls for an action: ringing calls stop, people who listen hear it out. */
  stopAlerts(actionId: ActionId): void {
    this.#campaigns.stopAlerts(actionId);
    this.#live.stopRinging(actionId, 'the action was closed');
  }

  /** The person need not be called any more in this action: reached another way. A ringing call is cancelled. */
  drop(actionId: ActionId, participantId: ParticipantId, purposes: readonly Purpose[] = ['alert']): void {
    for (const { campaign, person } of this.#campaigns.with(actionId, participantId, purposes)) {
      const live = this.#live.of(person);
      campaign.drop(participantId);
      live?.cancelUnanswered('reached another way');
    }
  }

  /** The person rings us, or is rung by a centralist: no call to them meanwhile; one that rings is cancelled. */
  suspend(actionId: ActionId, participantId: ParticipantId, why = 'the participant rings the tip line'): void {
    for (const { campaign, person } of this.#campaigns.with(actionId, participantId, ['alert', 'update'])) {
      this.#live.of(person)?.cancelUnanswered(why);
      campaign.suspend(participantId);
    }
  }

  /**
   * Calls to this telephone that nobody has answered are taken back, in every action; they are made again
   * later.
   */
  takeBack(phone: E164, reason: string): void {
    this.#live.takeBack(phone, reason);
  }

  restore(actionId: ActionId, participantId: ParticipantId): void {
    for (const { campaign } of this.#campaigns.with(actionId, participantId, ['alert', 'update']))
      campaign.restore(participantId);
    this.pump();
  }

  /** Whether a call of this action with this person is up now. */
  isLive(actionId: ActionId, participantId: ParticipantId): boolean {
    return this.#campaigns.isLive(actionId, participantId);
  }

  /** People of an action by where they are now; with `purpose` only those called for that. */
  people(actionId: ActionId, purpose?: Purpose): CampaignCount {
    return this.#campaigns.people(actionId, purpose);
  }

  /** People of an action who have an alert call now, or are still to get one. */
  alertsLeft(actionId: ActionId): number {
    return this.#campaigns.alertsLeft(actionId);
  }

  /** That nobody is being rung while people wait, as long as that lasts. */
  get alarm(): Alarm | undefined {
    return this.#standstill.alarm;
  }

  /** Whether the alarm is about people of this action. */
  isAlarmAbout(actionId: ActionId): boolean {
    return this.#standstill.isAbout(actionId);
  }

  /** How the operator limits us, in words for people; empty when it does not. */
  get limited(): string {
    return this.#room.words;
  }

  get liveCalls(): number {
    return this.#live.count;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** No new calls; live ones go on. */
  stop(): void {
    this.#stopped = true;
    this.#cancelWake();
    this.#standstill.stop();
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
    this.#standstill.look();
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
    // Whatever gives it room sets this going again; what is late by it is made up for as any other lateness is.
    if (!this.#orders.hasRoom()) return false;
    if (now < this.#room.holdUntil) {
      this.parts.lines.idle();
      this.#wake(this.#room.holdUntil);
      return false;
    }
    const next = this.#campaigns.next(now, this.#isFree, this.#room.isFull(now));
    if (!next) {
      this.parts.lines.idle();
      this.#wakeForRetry();
      return false;
    }
    const slot = this.parts.lines.tryOutbound(now, this.#room.allowed(now), next.phone);
    if (!('lease' in slot)) {
      next.campaign.untake(next.person);
      if (slot.type === 'wait') this.#wake(slot.until);
      // Lines that carry calls are in use as they should be; those on which nothing is heard are not.
      else if (this.#campaigns.carried * 2 >= this.parts.lines.outbound) this.#standstill.moves();
      return false;
    }
    if (!this.#call(next.campaign, next.person, next.phone, slot.lease)) {
      this.#wake(now + RECHECK_MS);
      return false;
    }
    // Only a call that was made counts as a turn, or waiting for a slot would always cost the same action its turn.
    this.#campaigns.started(next.campaign.actionId);
    return true;
  }

  /** Says so in the log when it begins and when it ends. */
  #isHindered(): boolean {
    const hindrance = this.parts.blockedBy();
    if (hindrance === '' && this.#blockedBy !== '') this.parts.log.warn('calls can be made again');
    else if (hindrance !== '' && this.#blockedBy === '')
      this.parts.log.error('NO CALLS CAN BE MADE; live ones go on', { reason: hindrance });
    this.#blockedBy = hindrance;
    return hindrance !== '';
  }

  /** False when it could not be stored, and so was not made. */
  #call(campaign: Campaign, person: Person, phone: E164, lease: Lease): boolean {
    const { participantId } = person;
    const { actionId, purpose } = campaign;
    const order = { actionId, participantId, phone, purpose, number: person.tries + 1 };
    const call: CongestionCall = { actionId, participantId, phone, startedAt: this.parts.clock.monotonic() };
    let live: LiveAttempt;
    try {
      live = this.parts.runner.start(
        order,
        (stage) => {
          campaign.stage(person, stage);
          this.#callSucceeded(call);
        },
        (end) => this.#room.refused(call, end),
      );
    } catch (error) {
      // The person stays first in line.
      campaign.untake(person);
      lease.release();
      this.parts.log.error('an attempt could not be stored; no calls until it can', { error: String(error) });
      return false;
    }
    campaign.began(person, live.attemptId);
    this.#live.follow({ attempt: live, order, call, campaign, person, lease });
    this.#orders.ordered(live.taken, () => {
      this.pump();
    });
    return true;
  }

  #callSucceeded(call: CongestionCall): void {
    if (call.said === 'refused') return;
    const held = this.#room.holdUntil;
    this.#room.callSucceeded(call);
    this.#standstill.moves();
    // It may have shown that the trunk was not full.
    if (this.#room.holdUntil < held) this.pump();
  }

  /** Refusals in a row of an earlier process count on. */
  #remember(past: readonly Attempt[]): void {
    for (const [phone, attempts] of groupBy(past, (attempt) => attempt.phone)) {
      const refusals = attempts.length - 1 - attempts.findLastIndex(({ outcome }) => outcome !== 'congestion');
      const last = attempts.at(-1);
      const [ended] = last && refusals > 0 ? this.#asPast(last) : [];
      if (last && ended) this.#room.remember({ phone, participantId: last.participantId, refusals, at: ended.endedAt });
    }
  }

  #wakeForRetry(): void {
    const due = this.#campaigns.nextDueAt();
    if (due !== undefined) this.#wake(due);
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

  /** A stored attempt in monotonic time. One without an outcome is live or lost; recovery has dealt with it before. */
  #asPast(attempt: Attempt): PastAttempt[] {
    if (attempt.outcome === null || attempt.endedAt === null) return [];
    // A call that we took back costs no try; who need not be called is not in the list.
    if (attempt.outcome === 'cancelled') return [];
    const age = Math.max(0, this.parts.clock.now() - attempt.endedAt);
    const { phone, outcome, sipStatus } = attempt;
    const lineDead = outcome === 'interrupted' && provesDeadLine(sipStatus);
    return [{ phone, outcome, endedAt: this.parts.clock.monotonic() - age, lineDead }];
  }
}
