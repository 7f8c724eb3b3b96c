import type { Action, ActionId } from '../../domain/action.js';
import type { Alarm } from '../../domain/alarm.js';
import type { Attempt, LiveStage, Purpose } from '../../domain/attempt.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import { retryAfterWaitMs, MOST_HOLD_MS } from '../../domain/refusal.js';
import type { RetryPolicy } from '../../domain/retry.js';
import type { Hold } from '../../lib/held.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { SurvivingOutgoing } from '../../ports/telephony.js';
import type { EventJournal } from '../journal/event-journal.js';
import type { AttemptRunner } from './attempt-runner.js';
import { CallStarter } from './call-starter.js';
import type { Campaign, CampaignCount } from './campaign.js';
import { Campaigns } from './campaigns.js';
import type { EndedAttempt, LiveAttempts } from './live-attempts.js';
import { Standstill } from './standstill.js';
import { pastAttempts, pastRefusals } from './stored-attempts.js';
import { TrunkCongestion } from './trunk-congestion.js';
import type { TrunkLines } from './trunk-lines.js';

export interface DialerParts {
  readonly trunkLines: TrunkLines;
  readonly runner: AttemptRunner;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventJournal;
  readonly retry: RetryPolicy;
  /**
   * Why no call can be made at all: Asterisk is unreachable, or outcomes cannot be stored. Empty when calls
   * can be made.
   */
  readonly blockedBy: () => string;
  readonly onEnded: (attempt: EndedAttempt) => void;
}

/** A person whom an action calls. */
export interface PersonToCall {
  readonly participantId: ParticipantId;
  readonly phones: readonly E164[];
  /** Attempts that were stored before a restart. */
  readonly past?: readonly Attempt[];
  /** The person is on the tip line or is being called back: no call until `restore`. */
  readonly suspended?: boolean;
}

/** After a call, a telephone gets this long to be put down before the next call to it. */
const PUT_DOWN_MS = 2_000;

/**
 * Calls the people of every running action. Nothing polls: a line that is given back, a start slot or a retry
 * that is due, and a campaign that begins each start the next calls. Running actions share the lines: see
 * `domain/fair-share.ts`.
 */
export class Dialer {
  readonly #campaigns: Campaigns;
  readonly #congestion: TrunkCongestion;
  readonly #standstill: Standstill;
  readonly #starter: CallStarter;
  readonly #live: LiveAttempts;

  constructor(private readonly parts: DialerParts) {
    const { clock, trunkLines } = parts;
    this.#campaigns = new Campaigns(parts.retry);
    this.#congestion = new TrunkCongestion({ ...parts, carried: () => this.#campaigns.carried });
    this.#standstill = new Standstill({
      ...parts,
      waiting: () => this.#campaigns.heldUp((phone) => this.#congestion.isRefusedAlone(phone)),
      dialing: () => this.#campaigns.dialing,
      reason: () => parts.blockedBy() || this.#congestion.words,
    });
    this.#starter = new CallStarter({
      ...parts,
      campaigns: this.#campaigns,
      congestion: this.#congestion,
      standstill: this.#standstill,
    });
    this.#live = this.#starter.live;
    trunkLines.onFreed(() => {
      this.pump();
    });
    trunkLines.telephones.onFreed((phone) => {
      if (this.#campaigns.freed(phone, clock.monotonic() + PUT_DOWN_MS)) this.pump();
    });
  }

  /** Begins to call people of an action for a purpose. */
  begin(action: Action, purpose: Purpose, people: readonly PersonToCall[]): void {
    const campaign = this.#campaigns.of(action, purpose);
    for (const { participantId, phones, past = [], suspended = false } of people) {
      if (!campaign.has(participantId))
        campaign.add(participantId, phones, pastAttempts(past, this.parts.clock), past.length);
      if (suspended) campaign.suspend(participantId);
      this.#rememberRefusals(past);
    }
    this.pump();
  }

  /**
   * Takes the attempts that were refused with a Retry-After before a restart. Their numbers are not called
   * before the time that the operator asked for is over.
   */
  restNumbers(attempts: readonly Attempt[]): void {
    const { clock } = this.parts;
    for (const { phone, endedAt, retryAfterSeconds } of attempts) {
      const leftMs = (endedAt ?? 0) + retryAfterWaitMs(retryAfterSeconds ?? 0) - clock.now();
      if (leftMs > 0) this.#congestion.rest(phone, Math.min(leftMs, MOST_HOLD_MS));
    }
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
   * Takes over an attempt of an earlier process, whose call is live. `before` holds every attempt so far to
   * the same person for the same purpose, this one included.
   */
  adopt(
    action: Action,
    attempt: Attempt,
    surviving: SurvivingOutgoing,
    phones: readonly E164[],
    before: readonly Attempt[],
  ): void {
    const campaign = this.#campaigns.of(action, attempt.purpose);
    const stage: LiveStage = surviving.answered ? 'in_call' : surviving.rang ? 'ringing' : 'dialing';
    const live = { attemptId: attempt.id, stage, tries: before.length };
    const past = pastAttempts(before, this.parts.clock);
    const person = campaign.adopt(attempt.participantId, phones, past, live);
    this.#rememberRefusals(before);
    this.#starter.takeOver(campaign, person, attempt, surviving);
  }

  /**
   * People are added for this purpose in slices. Until the hold is released, nobody who was called for it is
   * forgotten, so that nobody is added a second time.
   */
  adding(action: Action, purpose: Purpose): Hold {
    return this.#campaigns.of(action, purpose).keepEverybody();
  }

  /**
   * The message was changed: people who heard the old one are called again. People who have not been reached
   * yet hear the new one in their alert call.
   */
  updateMessage(action: Action, heardOld: readonly { participantId: ParticipantId; phones: readonly E164[] }[]): void {
    // If an earlier update still calls people, they are called once, with the newest message.
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
   * The action is about to be closed: until the hold is released nobody is called for it, and its telephones
   * stop ringing. If the action goes on after all, the people whose ringing was stopped are called again.
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

  /** Stops the alert and update calls of an action. Ringing stops; listeners hear the message out. */
  stopAlerts(actionId: ActionId): void {
    this.#campaigns.stopAlerts(actionId);
    this.#live.stopRinging(actionId, 'the action was closed');
  }

  /** The person was reached another way, and is not called in this action. A ringing call is cancelled. */
  drop(actionId: ActionId, participantId: ParticipantId, purposes: readonly Purpose[] = ['alert']): void {
    for (const { campaign, person } of this.#campaigns.with(actionId, participantId, purposes)) {
      const live = this.#live.of(person);
      campaign.drop(participantId);
      live?.cancelUnanswered('reached another way');
    }
  }

  /** The person is on the tip line or called back: no call until `restore`. A ringing call is cancelled. */
  suspend(actionId: ActionId, participantId: ParticipantId, why = 'the participant rings the tip line'): void {
    for (const { campaign, person } of this.#campaigns.with(actionId, participantId, ['alert', 'update'])) {
      this.#live.of(person)?.cancelUnanswered(why);
      campaign.suspend(participantId);
    }
  }

  restore(actionId: ActionId, participantId: ParticipantId): void {
    for (const { campaign } of this.#campaigns.with(actionId, participantId, ['alert', 'update']))
      campaign.restore(participantId);
    this.pump();
  }

  /** Cancels unanswered calls to this telephone, in every action. The calls are made again later. */
  cancelUnanswered(phone: E164, reason: string): void {
    this.#live.cancelUnanswered(phone, reason);
  }

  /** Whether this action has a live call with this person. */
  isLive(actionId: ActionId, participantId: ParticipantId): boolean {
    return this.#campaigns.isLive(actionId, participantId);
  }

  /** People of an action by where they are now; with `purpose`, only those called for that purpose. */
  people(actionId: ActionId, purpose?: Purpose): CampaignCount {
    return this.#campaigns.people(actionId, purpose);
  }

  /** Number of people of an action who have a live alert call, or are still to get one. */
  alertsLeft(actionId: ActionId): number {
    return this.#campaigns.alertsLeft(actionId);
  }

  /** The alarm that no telephone rings while people wait; undefined when there is none. */
  get alarm(): Alarm | undefined {
    return this.#standstill.alarm;
  }

  /** Whether the alarm concerns people of this action. */
  isAlarmAbout(actionId: ActionId): boolean {
    return this.#standstill.isAbout(actionId);
  }

  /** How the operator limits our calls, in words; empty when it does not. */
  get limited(): string {
    return this.#congestion.words;
  }

  get liveCalls(): number {
    return this.#live.count;
  }

  get isStopped(): boolean {
    return this.#starter.isStopped;
  }

  /** Starts no new calls; live calls go on. */
  stop(): void {
    this.#starter.stop();
  }

  /** Starts every call that can start now. Safe to call at any time. */
  pump(): void {
    this.#starter.pump();
  }

  /** Refusals in a row before a restart count together with those after it. */
  #rememberRefusals(past: readonly Attempt[]): void {
    for (const refusals of pastRefusals(past, this.parts.clock)) this.#congestion.remember(refusals);
  }
}
