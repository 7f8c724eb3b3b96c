import type { Action, ActionId } from '../../domain/action.js';
import type { Purpose } from '../../domain/attempt.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import type { RetryPolicy } from '../../domain/retry.js';
import type { IsTelephoneFree, NextCall } from './call-queue.js';
import { Campaign, type CampaignCount } from './campaign.js';
import { LineSharing } from './line-sharing.js';
import type { Person } from './person.js';

/** The campaigns of all actions: which of them can call now, and which makes the next call. */
export class Campaigns {
  /** Campaigns with people to call or live calls. Loops over these cost nothing for actions that are over. */
  readonly #busy = new Set<Campaign>();
  /** By action, so that a look-up takes equally long however many actions there were before. */
  readonly #ofAction = new Map<ActionId, Campaign[]>();
  readonly #sharing = new LineSharing();
  readonly #paused = new Set<ActionId>();
  readonly #awaitedPhones = new Set<E164>();
  /** How many holds each action has. */
  readonly #holds = new Map<ActionId, number>();

  constructor(private readonly retry: RetryPolicy) {}

  /** The one campaign of an action for a purpose, made if there is none. Also updates the action's weight. */
  of(action: Action, purpose: Purpose): Campaign {
    const campaign = this.find(action.id, purpose) ?? this.#make(action.id, purpose);
    this.#sharing.weigh(action);
    return campaign;
  }

  /** A campaign to which people can be added in slices. Nobody is called for it until it is installed. */
  prepare(actionId: ActionId, purpose: Purpose): Campaign {
    return new Campaign(actionId, purpose, this.retry, this.#awaitedPhones, this.#noteBusy);
  }

  /** From now on the people of a prepared campaign are called. */
  install(action: Action, campaign: Campaign): void {
    this.#install(campaign);
    this.#sharing.weigh(action);
    this.#noteBusy(campaign);
  }

  find(actionId: ActionId, purpose: Purpose): Campaign | undefined {
    return this.#of(actionId).find((campaign) => campaign.purpose === purpose);
  }

  /** The campaigns of the action, for any of the purposes, that have this person. */
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
   * Takes the next person to call at `now`, monotonic ms, on a telephone that is free; undefined when nobody
   * can be called. With `othersFirst`, people whose last call the operator refused come after everybody else.
   */
  next(
    now: number,
    isFree: IsTelephoneFree,
    othersFirst: boolean,
  ): ({ readonly campaign: Campaign } & NextCall) | undefined {
    return this.#sharing.next(now, isFree, othersFirst);
  }

  /**
   * The telephone is free: everybody who waits for it can be called from `notBefore` on. Returns whether
   * anybody waited.
   */
  freed(phone: E164, notBefore: number): boolean {
    // Nearly always nobody waits for it, and then the end of a call costs one look-up.
    if (!this.#awaitedPhones.delete(phone)) return false;
    let any = false;
    for (const campaign of this.#busy) any = campaign.freed(phone, notBefore) || any;
    return any;
  }

  /** A call of the action was made. */
  started(actionId: ActionId): void {
    this.#sharing.started(actionId);
  }

  /** When the next waiting person is due, monotonic ms; undefined when nobody waits for a time. */
  nextDueAt(): number | undefined {
    const due = [...this.#busy].map((campaign) => campaign.nextDueAt()).filter((time) => time !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  setPaused(actionId: ActionId, paused: boolean): void {
    if (paused) this.#paused.add(actionId);
    else this.#paused.delete(actionId);
    this.#pause(actionId);
  }

  /** Pauses the action until it is released as often as it was held, independently of `setPaused`. */
  hold(actionId: ActionId): void {
    this.#holds.set(actionId, (this.#holds.get(actionId) ?? 0) + 1);
    this.#pause(actionId);
  }

  release(actionId: ActionId): void {
    this.#holds.set(actionId, (this.#holds.get(actionId) ?? 1) - 1);
    this.#pause(actionId);
  }

  /** No new alert or update calls begin in this action. */
  stopAlerts(actionId: ActionId): void {
    for (const campaign of this.#of(actionId)) if (campaign.purpose !== 'closing') campaign.stop();
  }

  /** Whether the action has a live call with this person. */
  isLive(actionId: ActionId, participantId: ParticipantId): boolean {
    return this.#of(actionId).some((campaign) => campaign.get(participantId)?.state.type === 'live');
  }

  /** People of an action by where they are now; with `purpose`, only those called for that purpose. */
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

  /** Number of people of an action who have a live alert call, or are still to get one. */
  alertsLeft(actionId: ActionId): number {
    const campaign = this.find(actionId, 'alert');
    return campaign ? campaign.waiting + campaign.live : 0;
  }

  /** Number of people of each action who wait only because of us or the operator; see `Campaign.heldUp`. */
  heldUp(isRefusedAlone: (phone: E164) => boolean): ReadonlyMap<ActionId, number> {
    const people = new Map<ActionId, number>();
    for (const campaign of this.#busy) {
      const heldUp = campaign.heldUp(isRefusedAlone);
      if (heldUp > 0) people.set(campaign.actionId, (people.get(campaign.actionId) ?? 0) + heldUp);
    }
    return people;
  }

  /** Calls of all actions that have not rung yet. */
  get dialing(): number {
    return [...this.#busy].reduce((sum, campaign) => sum + campaign.count().dialing, 0);
  }

  /** Calls of all actions that ring or are answered. */
  get carried(): number {
    return [...this.#busy].reduce((sum, campaign) => sum + campaign.carried, 0);
  }

  /** Closing calls are made even if the action was paused or held. */
  #isPaused({ actionId, purpose }: Campaign): boolean {
    return purpose !== 'closing' && (this.#paused.has(actionId) || (this.#holds.get(actionId) ?? 0) > 0);
  }

  #pause(actionId: ActionId): void {
    for (const campaign of this.#of(actionId)) campaign.paused = this.#isPaused(campaign);
  }

  readonly #noteBusy = (campaign: Campaign): void => {
    // A campaign that is being prepared calls nobody yet.
    if (!this.#of(campaign.actionId).includes(campaign)) return;
    if (campaign.isBusy) this.#busy.add(campaign);
    else this.#busy.delete(campaign);
    this.#sharing.noteBusy(campaign);
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
    this.#sharing.add(campaign);
  }
}
