import type { Action, ActionId } from '../../domain/action.js';
import type { Purpose } from '../../domain/attempt.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import type { RetryPolicy } from '../../domain/retry.js';
import { Campaign, type CampaignCount, type IsFree, type Person, type Taken } from './campaign.js';
import { LineSharing } from './line-sharing.js';

/** The campaigns of all actions: which of them may call now, and whose call is next. */
export class Campaigns {
  /** Those that call somebody or have somebody to call: what is asked of all of them costs nothing for actions that are over. */
  readonly #busy = new Set<Campaign>();
  /** Each call asks for the campaigns of its action: how many other actions there have been makes no difference. */
  readonly #ofAction = new Map<ActionId, Campaign[]>();
  readonly #turns = new LineSharing();
  readonly #paused = new Set<ActionId>();
  readonly #waitedFor = new Set<E164>();
  /** How often each of these is held. */
  readonly #held = new Map<ActionId, number>();

  constructor(private readonly retry: RetryPolicy) {}

  /** The one campaign of an action for a purpose, made when there is none; the action weighs what it does now. */
  of(action: Action, purpose: Purpose): Campaign {
    const campaign = this.find(action.id, purpose) ?? this.#make(action.id, purpose);
    this.#turns.weigh(action);
    return campaign;
  }

  /** One that people can be added to in slices: nobody is called for it, and nothing knows of it, until it is installed. */
  prepare(actionId: ActionId, purpose: Purpose): Campaign {
    return new Campaign(actionId, purpose, this.retry, this.#waitedFor, this.#noteBusy);
  }

  /** From now on the people of a prepared campaign are called. */
  install(action: Action, campaign: Campaign): void {
    this.#install(campaign);
    this.#turns.weigh(action);
    this.#noteBusy(campaign);
  }

  find(actionId: ActionId, purpose: Purpose): Campaign | undefined {
    return this.#of(actionId).find((campaign) => campaign.purpose === purpose);
  }

  /** Where an action calls this person, for any of the purposes. */
  *with(
    actionId: ActionId,
    participantId: ParticipantId,
    purposes: readonly Purpose[],
  ): Generator<{ readonly campaign: Campaign; readonly person: Person }> {
    for (const campaign of this.#of(actionId)) {
      if (!purposes.includes(campaign.purpose)) continue;
      const person = campaign.get(participantId);
      if (person) yield { campaign, person };
    }
  }

  /**
   * Takes the next person to call now, monotonic ms, on a telephone that is free; undefined when nobody can
   * be called.
   */
  next(now: number, isFree: IsFree, othersFirst: boolean): ({ readonly campaign: Campaign } & Taken) | undefined {
    return this.#turns.next(now, isFree, othersFirst);
  }

  /**
   * The telephone is free: everybody who waits for it may be called from `notBefore` on. Whether there was
   * anybody.
   */
  freed(phone: E164, notBefore: number): boolean {
    // Nearly always nobody waits for it: the end of a call looks no further.
    if (!this.#waitedFor.delete(phone)) return false;
    let any = false;
    for (const campaign of this.#busy) any = campaign.freed(phone, notBefore) || any;
    return any;
  }

  /** A call of the action was made. */
  started(actionId: ActionId): void {
    this.#turns.started(actionId);
  }

  /** When the next of those who wait is due, monotonic ms; undefined when there is none. */
  nextDueAt(): number | undefined {
    const due = [...this.#busy].map((campaign) => campaign.nextDueAt()).filter((time) => time !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  setPaused(actionId: ActionId, paused: boolean): void {
    if (paused) this.#paused.add(actionId);
    else this.#paused.delete(actionId);
    this.#pause(actionId);
  }

  /** Pauses it, whatever else pauses and resumes it, until it is released as often as it was held. */
  hold(actionId: ActionId): void {
    this.#held.set(actionId, (this.#held.get(actionId) ?? 0) + 1);
    this.#pause(actionId);
  }

  release(actionId: ActionId): void {
    this.#held.set(actionId, (this.#held.get(actionId) ?? 1) - 1);
    this.#pause(actionId);
  }

  /** No alert or update call begins any more in this action. */
  stopAlerts(actionId: ActionId): void {
    for (const campaign of this.#of(actionId)) if (campaign.purpose !== 'closing') campaign.stop();
  }

  /** Whether a call of the action with this person is up now. */
  isLive(actionId: ActionId, participantId: ParticipantId): boolean {
    return this.#of(actionId).some((campaign) => campaign.get(participantId)?.state.type === 'live');
  }

  /** People of an action by where they are now; with `purpose` only those called for that. */
  people(actionId: ActionId, purpose?: Purpose): CampaignCount {
    const total = { waiting: 0, dialing: 0, ringing: 0, in_call: 0 };
    for (const campaign of this.#of(actionId)) {
      if (purpose !== undefined && campaign.purpose !== purpose) continue;
      const count = campaign.count();
      total.waiting += count.waiting;
      total.dialing += count.dialing;
      total.ringing += count.ringing;
      total.in_call += count.in_call;
    }
    return total;
  }

  /** People of an action who have an alert call now, or are still to get one. */
  alertsLeft(actionId: ActionId): number {
    const campaign = this.find(actionId, 'alert');
    return campaign ? campaign.waiting + campaign.live : 0;
  }

  /** People of each action whom nothing keeps waiting but us and the operator; see `Campaign.unrung`. */
  unrung(isKnown: (phone: E164) => boolean): ReadonlyMap<ActionId, number> {
    const people = new Map<ActionId, number>();
    for (const campaign of this.#busy) {
      const unrung = campaign.unrung(isKnown);
      if (unrung > 0) people.set(campaign.actionId, (people.get(campaign.actionId) ?? 0) + unrung);
    }
    return people;
  }

  /** Calls of which nothing was heard yet, in all actions. */
  get dialing(): number {
    return [...this.#busy].reduce((sum, campaign) => sum + campaign.count().dialing, 0);
  }

  /** Calls that ring or are answered, in all actions. */
  get carried(): number {
    return [...this.#busy].reduce((sum, campaign) => sum + campaign.carried, 0);
  }

  /** How an action ended is told whatever the action was before. */
  #isPaused({ actionId, purpose }: Campaign): boolean {
    return purpose !== 'closing' && (this.#paused.has(actionId) || (this.#held.get(actionId) ?? 0) > 0);
  }

  #pause(actionId: ActionId): void {
    for (const campaign of this.#of(actionId)) campaign.paused = this.#isPaused(campaign);
  }

  readonly #noteBusy = (campaign: Campaign): void => {
    // One that is being prepared calls nobody yet.
    if (!this.#of(campaign.actionId).includes(campaign)) return;
    if (campaign.isBusy) this.#busy.add(campaign);
    else this.#busy.delete(campaign);
    this.#turns.noteBusy(campaign);
  };

  #of(actionId: ActionId): readonly Campaign[] {
    return this.#ofAction.get(actionId) ?? [];
  }

  #make(actionId: ActionId, purpose: Purpose): Campaign {
    const campaign = this.prepare(actionId, purpose);
    this.#install(campaign);
    return campaign;
  }

  #install(campaign: Campaign): void {
    const { actionId } = campaign;
    campaign.paused = this.#isPaused(campaign);
    this.#ofAction.set(actionId, [...this.#of(actionId), campaign]);
    this.#turns.add(campaign);
  }
}
