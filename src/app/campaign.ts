import type { ActionId } from '../domain/action.js';
import type { AttemptId, LiveStage, Purpose } from '../domain/attempt.js';
import type { ParticipantId } from '../domain/participant.js';
import type { E164 } from '../domain/phone-number.js';
import { nextTry, type PastAttempt, type RetryPolicy } from '../domain/retry.js';

/** Somebody that a campaign calls. */
export interface Person {
  readonly participantId: ParticipantId;
  readonly phones: readonly E164[];
  /** Ended attempts, oldest first; `endedAt` in monotonic ms. */
  readonly past: PastAttempt[];
  /** Attempts so far, live one included. */
  tries: number;
  state: PersonState;
}

/**
 * ready      to be called now
 * waiting    for the time of a retry
 * live       an attempt is under way; `then` says what becomes of the person when it has ended
 * suspended  rings us just now; is not to be called meanwhile
 * done       confirmed, out of tries, or dropped
 */
export type PersonState =
  | { readonly type: 'ready'; readonly phone: E164 }
  | { readonly type: 'waiting'; readonly phone: E164; readonly until: number }
  | { readonly type: 'live'; readonly attemptId: AttemptId; stage: LiveStage; then: 'next' | 'suspended' | 'done' }
  | { readonly type: 'suspended' }
  | { readonly type: 'done' };

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
  readonly #first: Person[] = [];
  /** Retries, earliest first. */
  readonly #retries: Person[] = [];
  paused = false;
  #stopped = false;

  constructor(
    readonly actionId: ActionId,
    readonly purpose: Purpose,
    private readonly policy: RetryPolicy,
  ) {}

  /** `tries` counts every attempt so far, also those that cost no try. */
  add(participantId: ParticipantId, phones: readonly E164[], past: PastAttempt[] = [], tries = past.length): Person {
    const person: Person = { participantId, phones, past, tries, state: { type: 'done' } };
    this.#people.set(participantId, person);
    this.#schedule(person);
    return person;
  }

  /** Somebody whom an earlier process called, and whose call goes on. */
  adopt(participantId: ParticipantId, phones: readonly E164[], past: PastAttempt[], live: LiveBefore): Person {
    const { attemptId, stage, tries } = live;
    const state: PersonState = { type: 'live', attemptId, stage, then: 'next' };
    const person: Person = { participantId, phones, past, tries, state };
    this.#people.set(participantId, person);
    return person;
  }

  /** Nothing is known of the person any more; they can be added anew. Not while they are being called. */
  forget(participantId: ParticipantId): void {
    if (this.#people.get(participantId)?.state.type !== 'live') this.#people.delete(participantId);
  }

  has(participantId: ParticipantId): boolean {
    return this.#people.has(participantId);
  }

  get(participantId: ParticipantId): Person | undefined {
    return this.#people.get(participantId);
  }

  /** Takes the next person to call now: first tries before retries that are due. */
  take(now: number): { person: Person; phone: E164 } | undefined {
    if (this.paused) return undefined;
    for (;;) {
      const person = this.#first.shift();
      if (!person) break;
      if (person.state.type === 'ready') return { person, phone: person.state.phone };
    }
    for (;;) {
      const person = this.#retries[0];
      if (!person) return undefined;
      const { state } = person;
      if (state.type !== 'waiting') this.#retries.shift();
      else if (state.until > now) return undefined;
      else {
        this.#retries.shift();
        return { person, phone: state.phone };
      }
    }
  }

  /** Puts back somebody who was taken but could not be called: first where they were first. */
  untake(person: Person): void {
    if (person.state.type === 'waiting') this.#retries.unshift(person);
    else this.#first.unshift(person);
  }

  /** When the next retry is due; undefined when there is none. */
  nextDueAt(): number | undefined {
    if (this.paused) return undefined;
    const waiting = this.#retries.find((person) => person.state.type === 'waiting');
    return waiting?.state.type === 'waiting' ? waiting.state.until : undefined;
  }

  began(person: Person, attemptId: AttemptId): void {
    person.tries++;
    person.state = { type: 'live', attemptId, stage: 'dialing', then: 'next' };
  }

  stage(person: Person, stage: LiveStage): void {
    if (person.state.type === 'live') person.state.stage = stage;
  }

  /** The live attempt ended: decides what comes next for the person. */
  ended(person: Person, attempt: PastAttempt): void {
    // A call that we took back costs no try: why we did so says what becomes of the person.
    if (attempt.outcome !== 'cancelled') person.past.push(attempt);
    if (person.state.type !== 'live') return;
    const { then } = person.state;
    if (then === 'next') this.#schedule(person);
    else person.state = { type: then };
  }

  /** The person is not to be called (any more). A live call is the dialer's to end. */
  drop(participantId: ParticipantId): void {
    const person = this.#people.get(participantId);
    if (person?.state.type === 'live') person.state.then = 'done';
    else if (person) person.state = { type: 'done' };
  }

  /** The person rings us: no call meanwhile. */
  suspend(participantId: ParticipantId): void {
    const person = this.#people.get(participantId);
    if (person?.state.type === 'live') {
      if (person.state.then === 'next') person.state.then = 'suspended';
    } else if (person && person.state.type !== 'done') person.state = { type: 'suspended' };
  }

  /** The person is to be called after all. */
  restore(participantId: ParticipantId): void {
    const person = this.#people.get(participantId);
    if (person?.state.type === 'suspended') this.#schedule(person);
    else if (person?.state.type === 'live' && person.state.then === 'suspended') person.state.then = 'next';
  }

  /** Nobody is called any more, whatever becomes of the calls that are live. */
  stop(): void {
    this.#stopped = true;
    for (const person of this.#people.values()) {
      if (person.state.type !== 'live') person.state = { type: 'done' };
    }
    this.#first.length = 0;
    this.#retries.length = 0;
  }

  /** People by where they are now. */
  count(): { waiting: number } & Record<LiveStage, number> {
    const counts = { waiting: 0, dialing: 0, ringing: 0, in_call: 0 };
    for (const { state } of this.#people.values()) {
      if (state.type === 'live') counts[state.stage]++;
      else if (state.type !== 'done') counts.waiting++;
    }
    return counts;
  }

  #schedule(person: Person): void {
    const next = nextTry(person.phones, person.past, this.policy);
    if (next.type === 'done' || this.#stopped) {
      person.state = { type: 'done' };
    } else if (next.notBefore === 0) {
      person.state = { type: 'ready', phone: next.phone };
      this.#first.push(person);
    } else {
      const state: PersonState = { type: 'waiting', phone: next.phone, until: next.notBefore };
      person.state = state;
      // Somebody who was suspended may still stand where they were before: nobody stands here twice, or the order breaks.
      const before = this.#retries.indexOf(person);
      if (before !== -1) this.#retries.splice(before, 1);
      const after = this.#retries.findIndex(
        (other) => other.state.type === 'waiting' && other.state.until > state.until,
      );
      this.#retries.splice(after === -1 ? this.#retries.length : after, 0, person);
    }
  }
}
