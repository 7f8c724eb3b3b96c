import type { Purpose } from '../../domain/attempt.js';
import { OUTCOMES, type Outcome } from '../../domain/outcome.js';
import type { ParticipantId } from '../../domain/participant.js';
import { SortedTimes } from '../../lib/sorted-times.js';
import type { ActionTally } from '../../ports/stores.js';

/** Bits of a person. Each is set once the event has happened to the person. */
const CALLED = 1;
const RANG = 2;
const ANSWERED = 4;
const HEARD = 8;
const REPLAYED = 16;
const CLOSING_CALLED = 32;
const CLOSING_ANSWERED = 64;
const BITS = [CALLED, RANG, ANSWERED, HEARD, REPLAYED, CLOSING_CALLED, CLOSING_ANSWERED] as const;

/** Outcomes of calls that do not count as "called once", because they say nothing about the person. */
const INCONCLUSIVE: ReadonlySet<Outcome> = new Set(['congestion', 'cancelled', 'interrupted']);

interface PersonCount {
  bits: number;
  /** The person is selected and gets a call of their own, and is not called through a housemate. */
  own: boolean;
  reachedAt: number | null;
  /** End of the first alert call with a conclusive outcome. */
  calledAt: number | null;
  /** Alert calls without an outcome. */
  live: number;
  /** The person's time in the sorted list of people who have been called once. */
  placedAt: number | null;
}

/** The part of an attempt's end that is counted. */
export interface CountedEnd {
  readonly purpose: Purpose;
  readonly outcome: Outcome;
  readonly endedAt: number;
  /** The whole message was heard. */
  readonly heard: boolean;
  /** The message was played more often than an alert call plays it by itself. */
  readonly replayed: boolean;
}

/**
 * The counts of one action, updated by each event of a call. An update does not cost more in a larger action.
 */
export class ActionCount {
  readonly #people = new Map<ParticipantId, PersonCount>();
  readonly #peopleWith = new Map<number, number>(BITS.map((bit) => [bit, 0]));
  readonly #outcomes = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  readonly #reachedTimes = new SortedTimes();
  readonly #calledTimes = new SortedTimes();
  #selected = 0;
  #firstInviteAt: number | null = null;
  #lastEndAt: number | null = null;
  #firstTipAt: number | null = null;

  selected(id: ParticipantId, reachedAt: number | null): void {
    this.#person(id).own = true;
    this.#selected++;
    if (reachedAt !== null) this.reached(id, reachedAt);
  }

  /** Only the first time counts. People who are called through a housemate are not counted. */
  reached(id: ParticipantId, at: number): void {
    const person = this.#people.get(id);
    if (!person?.own || person.reachedAt !== null) return;
    person.reachedAt = at;
    this.#reachedTimes.add(at);
    this.#place(person);
  }

  began(id: ParticipantId, purpose: Purpose, dialedAt: number): void {
    const person = this.#person(id);
    this.#mark(person, purpose === 'closing' ? CLOSING_CALLED : CALLED);
    if (purpose !== 'alert') return;
    person.live++;
    this.#firstInviteAt = Math.min(this.#firstInviteAt ?? Infinity, dialedAt);
    this.#place(person);
  }

  rang(id: ParticipantId, purpose: Purpose): void {
    if (purpose !== 'closing') this.#mark(this.#person(id), RANG);
  }

  /** A person who answered was rung, even when the network never sent a ringing response. */
  answered(id: ParticipantId, purpose: Purpose): void {
    const person = this.#person(id);
    if (purpose === 'closing') this.#mark(person, CLOSING_ANSWERED);
    else {
      this.#mark(person, RANG);
      this.#mark(person, ANSWERED);
    }
  }

  ended(id: ParticipantId, { purpose, outcome, endedAt, heard, replayed }: CountedEnd): void {
    if (purpose === 'closing') return;
    const person = this.#person(id);
    this.#outcomes[outcome]++;
    if (heard) this.#mark(person, HEARD);
    if (replayed) this.#mark(person, REPLAYED);
    if (purpose !== 'alert') return;
    person.live--;
    this.#lastEndAt = Math.max(this.#lastEndAt ?? -Infinity, endedAt);
    if (!INCONCLUSIVE.has(outcome)) person.calledAt = Math.min(person.calledAt ?? Infinity, endedAt);
    this.#place(person);
  }

  tip(at: number): void {
    this.#firstTipAt = Math.min(this.#firstTipAt ?? Infinity, at);
  }

  tally(): ActionTally {
    const half = Math.ceil(0.5 * this.#selected);
    const ninety = Math.ceil(0.9 * this.#selected);
    const having = (bit: number): number => this.#peopleWith.get(bit) ?? 0;
    return {
      selected: this.#selected,
      reached: this.#reachedTimes.size,
      called: having(CALLED),
      rang: having(RANG),
      answered: having(ANSWERED),
      heard: having(HEARD),
      replayed: having(REPLAYED),
      halfCalledAt: this.#calledTimes.at(half),
      ninetyCalledAt: this.#calledTimes.at(ninety),
      allCalledAt: this.#calledTimes.at(this.#selected),
      firstInviteAt: this.#firstInviteAt,
      lastAttemptEndedAt: this.#lastEndAt,
      closingCalled: having(CLOSING_CALLED),
      closingAnswered: having(CLOSING_ANSWERED),
      outcomes: { ...this.#outcomes },
      halfReachedAt: this.#reachedTimes.at(half),
      ninetyReachedAt: this.#reachedTimes.at(ninety),
      firstTipAt: this.#firstTipAt,
    };
  }

  #person(id: ParticipantId): PersonCount {
    const known = this.#people.get(id);
    if (known) return known;
    const person: PersonCount = { bits: 0, own: false, reachedAt: null, calledAt: null, live: 0, placedAt: null };
    this.#people.set(id, person);
    return person;
  }

  #mark(person: PersonCount, bit: number): void {
    if ((person.bits & bit) !== 0) return;
    person.bits |= bit;
    this.#peopleWith.set(bit, (this.#peopleWith.get(bit) ?? 0) + 1);
  }

  /**
   * Updates the time at which the person had been called once: the end of the first conclusive call, or else
   * the time at which the person was reached, unless a call to the person is in progress.
   */
  #place(person: PersonCount): void {
    if (!person.own) return;
    const at = person.calledAt ?? (person.live > 0 ? null : person.reachedAt);
    if (at === person.placedAt) return;
    if (person.placedAt !== null) this.#calledTimes.remove(person.placedAt);
    if (at !== null) this.#calledTimes.add(at);
    person.placedAt = at;
  }
}
