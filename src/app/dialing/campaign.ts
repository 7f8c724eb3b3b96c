import type { ActionId } from '../../domain/action.js';
import type { AttemptId, LiveStage, Purpose } from '../../domain/attempt.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import { nextTry, type PastAttempt, type RetryPolicy } from '../../domain/retry.js';
import { Heap } from '../../lib/heap.js';
import { Queue } from '../../lib/queue.js';

/** Somebody that a campaign calls. */
export interface Person {
  readonly participantId: ParticipantId;
  readonly phones: readonly E164[];
  /** Place in the calling order. */
  readonly place: number;
  /** Ended attempts, oldest first; `endedAt` in monotonic ms. */
  readonly past: PastAttempt[];
  /** Attempts so far, live one included. */
  tries: number;
  /** Only the campaign changes it: it counts. */
  readonly state: PersonState;
}

/**
 * ready      to be called now
 * waiting    for the time of a retry
 * parked     the telephone to be called is on the line with us, or about to be: waits until it is free
 * live       an attempt is under way; `then` says what becomes of the person when it has ended
 * suspended  rings us just now; is not to be called meanwhile
 * done       confirmed, out of tries, or dropped
 */
export type PersonState = Ready | Waiting | Parked | Live | { readonly type: 'suspended' } | { readonly type: 'done' };

interface Ready {
  readonly type: 'ready';
  readonly phone: E164;
}
interface Waiting {
  readonly type: 'waiting';
  readonly phone: E164;
  readonly until: number;
  /** Has been tried before; false when only our fault or the operator's want of room keeps the first try waiting. */
  readonly retry: boolean;
}
interface Parked {
  readonly type: 'parked';
  readonly phone: E164;
  /** How the person waits once the telephone is free. */
  readonly then: Ready | Waiting;
}
interface Live {
  readonly type: 'live';
  readonly attemptId: AttemptId;
  readonly stage: LiveStage;
  readonly then: 'next' | 'suspended' | 'done';
}

/** A place among those who wait; it counts only while the person is still in that very state. */
interface Wait {
  readonly person: Person;
  readonly state: Waiting;
}

/** Whether a telephone may be called now. */
export type IsFree = (phone: E164) => boolean;

/** Somebody to call now, and the telephone. */
export interface Taken {
  readonly person: Person;
  readonly phone: E164;
}

/** People of a campaign by where they are now. */
export type CampaignCount = Readonly<{ waiting: number } & Record<LiveStage, number>>;

/** Where an attempt of an earlier process is. */
export interface LiveBefore {
  readonly attemptId: AttemptId;
  readonly stage: LiveStage;
  /** Attempts so far, this one included. */
  readonly tries: number;
}

/** People of one action who are to be called for one purpose, and who is next. Times are monotonic ms. */
export class Campaign {
  readonly #people = new Map<ParticipantId, Person>();
  /** First tries, in calling order. */
  readonly #first = new Queue<Person>();
  /** First tries that had to be put off, and retries. */
  readonly #putOff = new Heap<Wait>(earliest);
  readonly #retries = new Heap<Wait>(earliest);
  /** The same of people whose last call the operator refused. */
  readonly #refused = new Heap<Wait>(earliest);
  readonly #refusedRetries = new Heap<Wait>(earliest);
  /** Everybody who was parked for a telephone, by its number. */
  readonly #parked = new Map<E164, Person[]>();
  readonly #count = { waiting: 0, dialing: 0, ringing: 0, in_call: 0 };
  #unrung = 0;
  /** Of these, people whom the operator refused last. */
  readonly #refusedPeople = new Set<Person>();
  paused = false;
  #stopped = false;

  constructor(
    readonly actionId: ActionId,
    readonly purpose: Purpose,
    private readonly policy: RetryPolicy,
    /**
     * Every telephone that somebody is parked for, in any campaign that shares this set, and perhaps nobody
     * any more.
     */
    private readonly waitedFor = new Set<E164>(),
    /** Told when `isBusy` has changed. */
    private readonly onBusy: (campaign: Campaign) => void = () => undefined,
  ) {}

  /** `tries` counts every attempt so far, also those that cost no try. */
  add(participantId: ParticipantId, phones: readonly E164[], past: PastAttempt[] = [], tries = past.length): Person {
    const place = this.#people.size;
    const person: Person = { participantId, phones, place, past, tries, state: { type: 'done' } };
    this.#people.set(participantId, person);
    this.#schedule(person);
    return person;
  }

  /** Somebody whom an earlier process called, and whose call goes on. */
  adopt(participantId: ParticipantId, phones: readonly E164[], past: PastAttempt[], live: LiveBefore): Person {
    const { attemptId, stage, tries } = live;
    const place = this.#people.size;
    const person: Person = { participantId, phones, place, past, tries, state: { type: 'done' } };
    this.#people.set(participantId, person);
    this.#move(person, { type: 'live', attemptId, stage, then: 'next' });
    return person;
  }

  /** Nothing is known of the person any more; they can be added anew. Not while they are being called. */
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
   * Takes the next person to call now: those put off before first tries, these before retries that are due;
   * of `others` than those whom the operator refused last, or of all. Everybody before them whose telephone
   * is not free is parked until it is.
   */
  take(now: number, isFree: IsFree = () => true, who: 'all' | 'others' = 'all'): Taken | undefined {
    if (this.paused) return undefined;
    const due = (waits: Heap<Wait>): Taken | undefined => this.#takeDue(waits, now, isFree);
    const refused = (waits: Heap<Wait>): Taken | undefined => (who === 'all' ? due(waits) : undefined);
    return (
      due(this.#putOff) ??
      refused(this.#refused) ??
      this.#takeFirst(isFree) ??
      due(this.#retries) ??
      refused(this.#refusedRetries)
    );
  }

  /** Puts back somebody who was taken but could not be called: first where they were first. */
  untake(person: Person): void {
    if (person.state.type === 'waiting') this.#wait(person, person.state);
    else this.#first.putBack(person);
  }

  /**
   * The telephone is free: everybody parked for it may be called from `notBefore` on. Whether there was
   * anybody.
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
      const state: Waiting = { type: 'waiting', phone, until, retry };
      this.#move(person, state);
      this.#wait(person, state);
    }
    return waited.length > 0;
  }

  /** When the next of those who wait is due; undefined when there is none. */
  nextDueAt(): number | undefined {
    if (this.paused) return undefined;
    const due = this.#waits.flatMap((waits) => nextOf(waits)?.state.until ?? []);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  began(person: Person, attemptId: AttemptId): void {
    person.tries++;
    this.#move(person, { type: 'live', attemptId, stage: 'dialing', then: 'next' });
  }

  stage(person: Person, stage: LiveStage): void {
    if (person.state.type === 'live') this.#move(person, { ...person.state, stage });
  }

  /** The live attempt ended: decides what comes next for the person. */
  ended(person: Person, attempt: PastAttempt): void {
    // A call that we took back costs no try: why we did so says what becomes of the person.
    if (attempt.outcome !== 'cancelled') person.past.push(attempt);
    if (person.state.type !== 'live') return;
    const { then } = person.state;
    if (then === 'next') this.#schedule(person);
    else this.#move(person, { type: then });
  }

  /** The person is not to be called (any more). A live call is the dialer's to end. */
  drop(participantId: ParticipantId): void {
    const person = this.#people.get(participantId);
    if (person?.state.type === 'live') this.#move(person, { ...person.state, then: 'done' });
    else if (person) this.#move(person, { type: 'done' });
  }

  /** The person rings us: no call meanwhile. */
  suspend(participantId: ParticipantId): void {
    const person = this.#people.get(participantId);
    if (person?.state.type === 'live') {
      if (person.state.then === 'next') this.#move(person, { ...person.state, then: 'suspended' });
    } else if (person && person.state.type !== 'done') this.#move(person, { type: 'suspended' });
  }

  /** The person is to be called after all. */
  restore(participantId: ParticipantId): void {
    const person = this.#people.get(participantId);
    if (person?.state.type === 'suspended') this.#schedule(person);
    else if (person?.state.type === 'live' && person.state.then === 'suspended')
      this.#move(person, { ...person.state, then: 'next' });
  }

  /** Nobody is called any more, whatever becomes of the calls that are live. */
  stop(): void {
    this.#stopped = true;
    for (const person of this.#people.values()) {
      if (person.state.type !== 'live') this.#move(person, { type: 'done' });
    }
    this.#first.clear();
    for (const waits of this.#waits) waits.clear();
    this.#parked.clear();
  }

  /** People by where they are now. */
  count(): CampaignCount {
    return { ...this.#count };
  }

  /** People who are to be called, now or later. */
  get waiting(): number {
    return this.#count.waiting;
  }

  /**
   * People whom nothing keeps waiting but us and the operator: no retry, and no other call with their
   * telephone. Not those whom the operator refused last, on a number that is known to be refused while others
   * get through.
   */
  unrung(isKnown: (phone: E164) => boolean): number {
    if (this.paused) return 0;
    let known = 0;
    for (const { state } of this.#refusedPeople) if (state.type === 'waiting' && isKnown(state.phone)) known++;
    return this.#unrung - known;
  }

  /** Calls that ring or are answered. */
  get carried(): number {
    return this.#count.ringing + this.#count.in_call;
  }

  /** Calls that are under way. */
  get live(): number {
    return this.#count.dialing + this.#count.ringing + this.#count.in_call;
  }

  /** Whether anybody is called, or is to be called. Without that a campaign has nothing to do until somebody is added. */
  get isBusy(): boolean {
    return this.waiting + this.live > 0;
  }

  #schedule(person: Person): void {
    const next = nextTry(person.phones, person.past, this.policy);
    if (next.type === 'done' || this.#stopped) {
      this.#move(person, { type: 'done' });
    } else if (next.notBefore === 0) {
      this.#move(person, { type: 'ready', phone: next.phone });
      this.#first.push(person);
    } else {
      const state: Waiting = { type: 'waiting', phone: next.phone, until: next.notBefore, retry: next.retry };
      this.#move(person, state);
      this.#wait(person, state);
    }
  }

  #takeFirst(isFree: IsFree): Taken | undefined {
    for (let person = this.#first.shift(); person; person = this.#first.shift()) {
      if (person.state.type !== 'ready') continue;
      const { phone } = person.state;
      if (isFree(phone)) return { person, phone };
      this.#park(person, person.state);
    }
    return undefined;
  }

  #takeDue(waits: Heap<Wait>, now: number, isFree: IsFree): Taken | undefined {
    for (let next = nextOf(waits); next && next.state.until <= now; next = nextOf(waits)) {
      waits.pop();
      const { person, state } = next;
      if (isFree(state.phone)) return { person, phone: state.phone };
      this.#park(person, state);
    }
    return undefined;
  }

  #park(person: Person, then: Ready | Waiting): void {
    const { phone } = then;
    this.#move(person, { type: 'parked', phone, then });
    this.waitedFor.add(phone);
    const parked = this.#parked.get(phone);
    if (parked) parked.push(person);
    else this.#parked.set(phone, [person]);
  }

  #wait(person: Person, state: Waiting): void {
    const [first, retries] = wasRefused(person) ? [this.#refused, this.#refusedRetries] : [this.#putOff, this.#retries];
    (state.retry ? retries : first).push({ person, state });
  }

  get #waits(): readonly Heap<Wait>[] {
    return [this.#putOff, this.#retries, this.#refused, this.#refusedRetries];
  }

  /** The one door to a person's state: what is counted changes with it. */
  #move(person: Person, state: PersonState): void {
    const [before, after] = [counted(person.state), counted(state)];
    const wasBusy = this.isBusy;
    if (before) this.#count[before]--;
    if (after) this.#count[after]++;
    this.#unrung += Number(isUnrung(state)) - Number(isUnrung(person.state));
    if (isUnrung(state) && wasRefused(person)) this.#refusedPeople.add(person);
    else if (this.#refusedPeople.size > 0) this.#refusedPeople.delete(person);
    (person as { state: PersonState }).state = state;
    if (this.isBusy !== wasBusy) this.onBusy(this);
  }
}

/** Earliest first; of those due together, in calling order. */
function earliest(a: Wait, b: Wait): number {
  return a.state.until - b.state.until || a.person.place - b.person.place;
}

/** The earliest that still counts; those before it that do not are thrown away. */
function nextOf(waits: Heap<Wait>): Wait | undefined {
  for (let wait = waits.peek(); wait; wait = waits.peek()) {
    if (wait.person.state === wait.state) return wait;
    waits.pop();
  }
  return undefined;
}

const wasRefused = ({ past }: Person): boolean => past.at(-1)?.outcome === 'congestion';

const isUnrung = (state: PersonState): boolean => state.type === 'ready' || (state.type === 'waiting' && !state.retry);

function counted(state: PersonState): keyof CampaignCount | undefined {
  if (state.type === 'done') return undefined;
  return state.type === 'live' ? state.stage : 'waiting';
}
