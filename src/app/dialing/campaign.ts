import type { ActionId } from '../../domain/action.js';
import type { AttemptId, LiveStage, Purpose } from '../../domain/attempt.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import { nextTry, type PastAttempt, type RetryPolicy } from '../../domain/retry.js';
import { createHold, type Hold } from '../../lib/held.js';
import { CallQueue, type IsTelephoneFree, type NextCall } from './call-queue.js';
import { wasRefused, type Person, type PersonState, type Ready, type Waiting } from './person.js';

/** Number of people of a campaign by where they are now. */
export type CampaignCount = Readonly<{ waiting: number } & Record<LiveStage, number>>;

/** A live attempt of an earlier process. */
export interface EarlierAttempt {
  readonly attemptId: AttemptId;
  readonly stage: LiveStage;
  /** Number of attempts, including this one. */
  readonly tries: number;
}

/** The people whom one action calls for one purpose, and the next of them to call. Times are monotonic ms. */
export class Campaign {
  readonly #people = new Map<ParticipantId, Person>();
  readonly #queue = new CallQueue((person, state) => {
    this.#park(person, state);
  });
  /** Everybody who was parked for a telephone, by its number. */
  readonly #parked = new Map<E164, Person[]>();
  readonly #count = { waiting: 0, dialing: 0, ringing: 0, in_call: 0 };
  #heldUp = 0;
  /** How many holds keep people who are done. */
  #keepers = 0;
  /** Those of the people held up whose last call the operator refused. */
  readonly #refusedPeople = new Set<Person>();
  paused = false;
  #stopped = false;

  constructor(
    readonly actionId: ActionId,
    readonly purpose: Purpose,
    private readonly policy: RetryPolicy,
    /**
     * Telephones for which people are parked, in all campaigns that share this set. A telephone may stay in
     * the set after the last of these people has gone.
     */
    private readonly awaitedPhones = new Set<E164>(),
    /** Called when `isBusy` has changed. */
    private readonly onBusy: (campaign: Campaign) => void = () => undefined,
  ) {}

  /** `tries` counts every attempt so far, including those that use up no retry. */
  add(participantId: ParticipantId, phones: readonly E164[], past: PastAttempt[] = [], tries = past.length): Person {
    const place = this.#people.size;
    const person: Person = { participantId, phones, place, past, tries, state: { type: 'done' } };
    this.#people.set(participantId, person);
    this.#schedule(person);
    return person;
  }

  /** Adds a person whom an earlier process called, and whose call is still live. */
  adopt(participantId: ParticipantId, phones: readonly E164[], past: PastAttempt[], live: EarlierAttempt): Person {
    const { attemptId, stage, tries } = live;
    const place = this.#people.size;
    const person: Person = { participantId, phones, place, past, tries, state: { type: 'done' } };
    this.#people.set(participantId, person);
    this.#move(person, { type: 'live', attemptId, stage, then: 'next' });
    return person;
  }

  /**
   * Keeps people who are done until the hold is released. Without a hold they are all forgotten as soon as
   * nobody is left to call, because the stored attempts say what became of them.
   */
  keepEverybody(): Hold {
    this.#keepers++;
    return createHold(() => {
      this.#keepers--;
      this.#forgetWhenIdle();
    });
  }

  /** Forgets the person, who can then be added again. Does nothing while the person is being called. */
  forget(participantId: ParticipantId): void {
    const person = this.#people.get(participantId);
    if (!person || person.state.type === 'live') return;
    this.#move(person, { type: 'done' });
    this.#people.delete(participantId);
  }

  has(participantId: ParticipantId): boolean {
    return this.#people.has(participantId);
  }

  get(participantId: ParticipantId): Person | undefined {
    return this.#people.get(participantId);
  }

  /**
   * Takes the next person to call now, in the order of `CallQueue`. With `others`, people whose last call the
   * operator refused are left out. People in front of that person whose telephone is not free are parked
   * until it is.
   */
  take(now: number, isFree: IsTelephoneFree = () => true, who: 'all' | 'others' = 'all'): NextCall | undefined {
    return this.paused ? undefined : this.#queue.take(now, isFree, who);
  }

  /** Puts back a person who was taken but could not be called, in front of the others. */
  untake(person: Person): void {
    this.#queue.putBack(person);
  }

  /**
   * The telephone is free: everybody who was parked for it can be called from `notBefore` on. Returns whether
   * anybody was parked.
   */
  freed(phone: E164, notBefore: number): boolean {
    const parked = this.#parked.get(phone);
    if (!parked) return false;
    this.#parked.delete(phone);
    const waited = parked.filter(({ state }) => state.type === 'parked' && state.phone === phone);
    for (const person of waited) {
      if (person.state.type !== 'parked') continue;
      const { then } = person.state;
      const retry = then.type === 'waiting' && then.retry;
      const until = then.type === 'waiting' ? Math.max(then.until, notBefore) : notBefore;
      this.#wait(person, { type: 'waiting', phone, until, retry });
    }
    return waited.length > 0;
  }

  /**
   * When the next waiting person is due; undefined when nobody waits for a time, or the campaign is paused.
   */
  nextDueAt(): number | undefined {
    return this.paused ? undefined : this.#queue.nextDueAt();
  }

  began(person: Person, attemptId: AttemptId): void {
    person.tries++;
    this.#move(person, { type: 'live', attemptId, stage: 'dialing', then: 'next' });
  }

  stage(person: Person, stage: LiveStage): void {
    if (person.state.type === 'live') this.#move(person, { ...person.state, stage });
  }

  /** The live attempt has ended: decides what comes next for the person. */
  ended(person: Person, attempt: PastAttempt): void {
    // A call that we cancelled uses up no try. The reason for cancelling decided in `then` what comes next.
    if (attempt.outcome !== 'cancelled') person.past.push(attempt);
    if (person.state.type !== 'live') return;
    const { then } = person.state;
    if (then === 'next') this.#schedule(person);
    else this.#move(person, { type: then });
  }

  /** The person must not be called any more. Ending a live call is left to the dialer. */
  drop(participantId: ParticipantId): void {
    const person = this.#people.get(participantId);
    if (person?.state.type === 'live') this.#move(person, { ...person.state, then: 'done' });
    else if (person) this.#move(person, { type: 'done' });
  }

  /** The person must not be called until `restore`. */
  suspend(participantId: ParticipantId): void {
    const person = this.#people.get(participantId);
    if (person?.state.type === 'live') {
      if (person.state.then === 'next') this.#move(person, { ...person.state, then: 'suspended' });
    } else if (person && person.state.type !== 'done') this.#move(person, { type: 'suspended' });
  }

  /** A suspended person can be called again. */
  restore(participantId: ParticipantId): void {
    const person = this.#people.get(participantId);
    if (person?.state.type === 'suspended') this.#schedule(person);
    else if (person?.state.type === 'live' && person.state.then === 'suspended')
      this.#move(person, { ...person.state, then: 'next' });
  }

  /** Nobody is called any more, whatever the outcome of the live calls. */
  stop(): void {
    this.#stopped = true;
    for (const person of this.#people.values()) {
      if (person.state.type !== 'live') this.#move(person, { type: 'done' });
    }
    this.#queue.clear();
    this.#parked.clear();
  }

  /** People by where they are now. */
  count(): CampaignCount {
    return { ...this.#count };
  }

  /** Number of people to call, now or later. */
  get waiting(): number {
    return this.#count.waiting;
  }

  /**
   * Number of people whose first try waits only for us or the operator. People who wait for a retry or for
   * their telephone are left out, and so are people whose number is refused while others get through.
   */
  heldUp(isRefusedAlone: (phone: E164) => boolean): number {
    if (this.paused) return 0;
    let refused = 0;
    for (const { state } of this.#refusedPeople) if (state.type === 'waiting' && isRefusedAlone(state.phone)) refused++;
    return this.#heldUp - refused;
  }

  /** Calls that ring or are answered. */
  get carried(): number {
    return this.#count.ringing + this.#count.in_call;
  }

  /** Calls in progress. */
  get live(): number {
    return this.#count.dialing + this.#count.ringing + this.#count.in_call;
  }

  /** Whether anybody is being called or is to be called. If not, nothing happens until a person is added. */
  get isBusy(): boolean {
    return this.waiting + this.live > 0;
  }

  #schedule(person: Person): void {
    const next = nextTry(person.phones, person.past, this.policy);
    if (next.type === 'done' || this.#stopped) {
      this.#move(person, { type: 'done' });
    } else if (next.notBefore === 0) {
      this.#move(person, { type: 'ready', phone: next.phone });
      this.#queue.add(person);
    } else {
      this.#wait(person, { type: 'waiting', phone: next.phone, until: next.notBefore, retry: next.retry });
    }
  }

  #wait(person: Person, state: Waiting): void {
    this.#move(person, state);
    this.#queue.addWaiting(person, state);
  }

  #park(person: Person, then: Ready | Waiting): void {
    const { phone } = then;
    this.#move(person, { type: 'parked', phone, then });
    this.awaitedPhones.add(phone);
    const parked = this.#parked.get(phone);
    if (parked) parked.push(person);
    else this.#parked.set(phone, [person]);
  }

  /** Every change of a person's state goes through here, so that the counts change with it. */
  #move(person: Person, state: PersonState): void {
    const [before, after] = [counted(person.state), counted(state)];
    const wasBusy = this.isBusy;
    if (before) this.#count[before]--;
    if (after) this.#count[after]++;
    this.#heldUp += Number(isHeldUp(state)) - Number(isHeldUp(person.state));
    if (isHeldUp(state) && wasRefused(person)) this.#refusedPeople.add(person);
    else if (this.#refusedPeople.size > 0) this.#refusedPeople.delete(person);
    (person as { state: PersonState }).state = state;
    this.#forgetWhenIdle();
    if (this.isBusy !== wasBusy) this.onBusy(this);
  }

  #forgetWhenIdle(): void {
    if (this.isBusy || this.#keepers > 0) return;
    this.#people.clear();
    this.#queue.clear();
    this.#parked.clear();
    this.#refusedPeople.clear();
  }
}

const isHeldUp = (state: PersonState): boolean => state.type === 'ready' || (state.type === 'waiting' && !state.retry);

function counted(state: PersonState): keyof CampaignCount | undefined {
  if (state.type === 'done') return undefined;
  return state.type === 'live' ? state.stage : 'waiting';
}
