import type { Attempt, LiveStage } from '../../domain/attempt.js';
import type { E164 } from '../../domain/phone-number.js';
import type { CallEnd } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { SurvivingOutgoing } from '../../ports/telephony.js';
import type { AttemptRunner, LiveAttempt } from './attempt-runner.js';
import type { Campaign } from './campaign.js';
import type { Campaigns } from './campaigns.js';
import { LiveAttempts, type EndedAttempt } from './live-attempts.js';
import { OriginateThrottle } from './originate-throttle.js';
import type { Person } from './person.js';
import type { Standstill } from './standstill.js';
import type { CongestionCall, TrunkCongestion } from './trunk-congestion.js';
import type { Lease, TrunkLines } from './trunk-lines.js';
import { WakeTimer } from './wake-timer.js';

export interface CallStarterParts {
  readonly trunkLines: TrunkLines;
  readonly runner: AttemptRunner;
  readonly campaigns: Campaigns;
  readonly congestion: TrunkCongestion;
  readonly standstill: Standstill;
  readonly clock: Clock;
  readonly log: Log;
  /** See `DialerParts`. */
  readonly blockedBy: () => string;
  readonly onEnded: (attempt: EndedAttempt) => void;
}

/** While no call can be made, or an attempt cannot be stored, the dialer tries again after this. */
const RECHECK_MS = 1_000;

/** Starts calls for as long as there is a line, a start slot and a person to call. */
export class CallStarter {
  readonly live: LiveAttempts;
  readonly #throttle: OriginateThrottle;
  readonly #wakeTimer: WakeTimer;
  readonly #isFree = (phone: E164): boolean => this.parts.trunkLines.telephones.isFree(phone);
  #pumping = false;
  #blockedBy = '';
  #stopped = false;

  constructor(private readonly parts: CallStarterParts) {
    this.#throttle = new OriginateThrottle(parts);
    this.#wakeTimer = new WakeTimer(parts.clock, () => {
      this.pump();
    });
    this.live = new LiveAttempts({
      ...parts,
      callSucceeded: (call) => {
        this.#callSucceeded(call);
      },
    });
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Starts no new calls; live calls go on. */
  stop(): void {
    this.#stopped = true;
    this.#wakeTimer.cancel();
    this.parts.standstill.stop();
  }

  /** Starts every call that can start now. Safe to call at any time. */
  pump(): void {
    // A line that is given back while calls are being started is noticed by the loop that starts them.
    if (this.#stopped || this.#pumping) return;
    this.#wakeTimer.cancel();
    this.#pumping = true;
    try {
      while (this.#callNext());
    } finally {
      this.#pumping = false;
    }
    this.parts.standstill.look();
  }

  /** Takes over an attempt that an earlier process began. Its call is live, and already holds its line. */
  takeOver(campaign: Campaign, person: Person, attempt: Attempt, surviving: SurvivingOutgoing): void {
    const { clock, runner, trunkLines } = this.parts;
    const { actionId, participantId, phone, purpose, number } = attempt;
    const startedAt = clock.monotonic() - Math.max(0, clock.now() - attempt.dialedAt);
    const call: CongestionCall = { actionId, participantId, phone, startedAt };
    const live = runner.takeOver(attempt, surviving, this.#onStage(campaign, person, call), this.#onRefused(call));
    const order = { actionId, participantId, phone, purpose, number };
    this.live.follow({ attempt: live, order, call, campaign, person, lease: trunkLines.takeOutbound(phone) });
  }

  // ------------------------------------------------------------------

  /** Calls the next person. Returns false when nobody can be called now, after setting a timer if needed. */
  #callNext(): boolean {
    const { campaigns, clock, congestion, standstill, trunkLines } = this.parts;
    const now = clock.monotonic();
    if (this.#isBlocked()) {
      trunkLines.idle();
      this.#wakeTimer.wakeAt(now + RECHECK_MS);
      return false;
    }
    // The throttle pumps again by itself. Missed starts are made up for as after any other delay.
    if (!this.#throttle.mayOriginate()) return false;
    if (now < congestion.holdUntil) {
      trunkLines.idle();
      this.#wakeTimer.wakeAt(congestion.holdUntil);
      return false;
    }
    const next = campaigns.next(now, this.#isFree, congestion.isFull(now));
    if (!next) {
      trunkLines.idle();
      const due = campaigns.nextDueAt();
      if (due !== undefined) this.#wakeTimer.wakeAt(due);
      return false;
    }
    const slot = trunkLines.tryOutbound(now, congestion.allowed(now), next.phone);
    if (!('lease' in slot)) {
      next.campaign.untake(next.person);
      if (slot.type === 'wait') this.#wakeTimer.wakeAt(slot.until);
      // Every line is in use. That counts as progress when at least half of the calls ring or are answered.
      else if (campaigns.carried * 2 >= trunkLines.outbound) standstill.moves();
      return false;
    }
    if (!this.#call(next.campaign, next.person, next.phone, slot.lease)) {
      this.#wakeTimer.wakeAt(now + RECHECK_MS);
      return false;
    }
    // Only a call that was made counts as a turn. Otherwise waiting for a slot would always cost the same
    // action its turn.
    campaigns.started(next.campaign.actionId);
    return true;
  }

  /** Logs when a block begins and when it ends. */
  #isBlocked(): boolean {
    const blockedBy = this.parts.blockedBy();
    if (blockedBy === '' && this.#blockedBy !== '') this.parts.log.warn('calls can be made again');
    else if (blockedBy !== '' && this.#blockedBy === '')
      this.parts.log.error('NO CALLS CAN BE MADE; live calls go on', { reason: blockedBy });
    this.#blockedBy = blockedBy;
    return blockedBy !== '';
  }

  /** Returns false when the attempt could not be stored, and so the call was not made. */
  #call(campaign: Campaign, person: Person, phone: E164, lease: Lease): boolean {
    const { clock, log, runner } = this.parts;
    const { participantId } = person;
    const { actionId, purpose } = campaign;
    const order = { actionId, participantId, phone, purpose, number: person.tries + 1 };
    const call: CongestionCall = { actionId, participantId, phone, startedAt: clock.monotonic() };
    let attempt: LiveAttempt;
    try {
      attempt = runner.start(order, this.#onStage(campaign, person, call), this.#onRefused(call));
    } catch (error) {
      // The person stays first in the queue.
      campaign.untake(person);
      lease.release();
      log.error('an attempt could not be stored; no calls until it can', { error: String(error) });
      return false;
    }
    campaign.began(person, attempt.attemptId);
    this.live.follow({ attempt, order, call, campaign, person, lease });
    this.#throttle.originated(attempt.acceptedOrOver, () => {
      this.pump();
    });
    return true;
  }

  #onStage(campaign: Campaign, person: Person, call: CongestionCall): (stage: LiveStage) => void {
    return (stage) => {
      campaign.stage(person, stage);
      this.#callSucceeded(call);
    };
  }

  #onRefused(call: CongestionCall): (end: CallEnd) => string | undefined {
    return (end) => this.parts.congestion.refused(call, end);
  }

  #callSucceeded(call: CongestionCall): void {
    const { congestion, standstill } = this.parts;
    if (call.answer === 'refused') return;
    const heldUntil = congestion.holdUntil;
    congestion.callSucceeded(call);
    standstill.moves();
    // The call may have shown that the trunk was not full after all.
    if (congestion.holdUntil < heldUntil) this.pump();
  }
}
