import type { ActionId } from '../../domain/action.js';
import type { AttemptId, Purpose } from '../../domain/attempt.js';
import type { Outcome } from '../../domain/outcome.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { ActionTally } from '../../ports/stores.js';
import { ActionCount, type CountedEnd } from './action-count.js';
import type { Database, Sqlite } from './database.js';

/** A message counts as heard whole when no more than this of it was missed: the last word is over before the sound is. */
const TOLERANCE_SECONDS = 0.5;
/** Every alert call plays the message this often by itself; more means that somebody asked for it. */
const PLAYS_UNASKED = 2;

/** Rows that one step of a first count reads: a few milliseconds. */
const STEP_ROWS = 5_000;
/** Actions whose counts are kept. Those that were not asked for longest are counted anew when they are. */
const KEPT = 8;

/** What is counted of an attempt. */
export interface CountedAttempt {
  readonly id: AttemptId;
  readonly actionId: ActionId;
  readonly participantId: ParticipantId;
  readonly purpose: Purpose;
  readonly dialedAt: number;
  readonly rangAt: number | null;
  readonly answeredAt: number | null;
  readonly outcome: Outcome | null;
  readonly endedAt: number | null;
  readonly heardSeconds: number;
  readonly plays: number;
  /** Length of the version of the message that the attempt plays; null when it is not known. */
  readonly messageSeconds: number | null;
}

/** An expression for a statement that gives a {@link CountedAttempt}. */
export const COUNTED = `id, action_id AS actionId, participant_id AS participantId, purpose, dialed_at AS dialedAt,
  rang_at AS rangAt, answered_at AS answeredAt, outcome, ended_at AS endedAt, heard_seconds AS heardSeconds, plays,
  (SELECT m.seconds FROM action_message m
   WHERE m.action_id = attempt.action_id AND m.version = attempt.message_version) AS messageSeconds`;

/** Counts of an action that may not be complete yet: how far its rows have been read. */
interface Kept {
  readonly count: ActionCount;
  /** The last person of the selection that was read; Infinity when all were. */
  person: number;
  /** The last attempt that was read, in the order of the index: of this person, with this id. */
  ofPerson: number;
  attempt: number;
}

/**
 * The counts of actions: read from the tables once, in steps, and from then on kept up to date by what is stored. What is
 * stored of a row that has not been read yet is left to the reading.
 */
export class Tallies {
  readonly #kept = new Map<ActionId, Kept>();
  readonly #people;
  readonly #attempts;
  readonly #firstTip;

  constructor(
    sqlite: Sqlite,
    private readonly afterCommit: Database['afterCommit'],
  ) {
    // The selection of a draft does not count yet: see `staged-selection.ts`.
    this.#people = sqlite.prepare<
      [ActionId, number, number],
      { id: ParticipantId; own: number; reachedAt: number | null }
    >(
      `SELECT participant_id AS id, shared_with IS NULL AS own, reached_at AS reachedAt FROM selection
       WHERE action_id = (SELECT id FROM action WHERE id = ? AND state <> 'draft') AND participant_id > ? ORDER BY participant_id LIMIT ?`,
    );
    this.#attempts = sqlite.prepare<[{ id: ActionId; person: number; attempt: number; limit: number }], CountedAttempt>(
      `SELECT ${COUNTED} FROM attempt
       WHERE action_id = @id AND participant_id >= @person AND (participant_id > @person OR id > @attempt)
       ORDER BY participant_id, id LIMIT @limit`,
    );
    this.#firstTip = sqlite
      .prepare<[ActionId], number | null>('SELECT min(created_at) FROM tip WHERE action_id = ?')
      .pluck();
  }

  /** Counts what is not counted yet, however long that takes. */
  tally(id: ActionId): ActionTally {
    while (!this.step(id));
    return this.#of(id).count.tally();
  }

  /** Counts some of what is not counted yet; true when there is nothing left. */
  step(id: ActionId): boolean {
    const kept = this.#of(id);
    if (kept.person !== Infinity) this.#readPeople(id, kept);
    else if (kept.attempt !== Infinity) this.#readAttempts(id, kept);
    return kept.attempt === Infinity;
  }

  /** Another selection was stored. */
  selected(id: ActionId): void {
    this.afterCommit(() => this.#kept.delete(id));
  }

  reached(id: ActionId, people: readonly ParticipantId[], at: number): void {
    this.#tell(id, ({ count, person }) => {
      for (const one of people) if (one <= person) count.reached(one, at);
    });
  }

  tip(id: ActionId, at: number): void {
    this.#tell(id, ({ count }) => {
      count.tip(at);
    });
  }

  began(attempt: CountedAttempt): void {
    this.#tellOf(attempt, (count) => {
      count.began(attempt.participantId, attempt.purpose, attempt.dialedAt);
    });
  }

  rang(attempt: CountedAttempt): void {
    this.#tellOf(attempt, (count) => {
      count.rang(attempt.participantId, attempt.purpose);
    });
  }

  answered(attempt: CountedAttempt): void {
    this.#tellOf(attempt, (count) => {
      count.answered(attempt.participantId, attempt.purpose);
    });
  }

  ended(attempt: CountedAttempt): void {
    this.#tellOf(attempt, (count) => {
      const end = endOf(attempt);
      if (end) count.ended(attempt.participantId, end);
    });
  }

  // ------------------------------------------------------------------

  #of(id: ActionId): Kept {
    const known = this.#kept.get(id);
    // The last one asked for stands last.
    if (known) this.#kept.delete(id);
    const kept = known ?? { count: new ActionCount(), person: -1, ofPerson: -1, attempt: -1 };
    this.#kept.set(id, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return kept;
  }

  #readPeople(id: ActionId, kept: Kept): void {
    const people = this.#people.all(id, kept.person, STEP_ROWS);
    for (const { id: person, own, reachedAt } of people) if (own === 1) kept.count.selected(person, reachedAt);
    kept.person = people.length < STEP_ROWS ? Infinity : (people.at(-1)?.id ?? Infinity);
  }

  #readAttempts(id: ActionId, kept: Kept): void {
    const { count } = kept;
    const attempts = this.#attempts.all({ id, person: kept.ofPerson, attempt: kept.attempt, limit: STEP_ROWS });
    for (const attempt of attempts) {
      const { participantId, purpose } = attempt;
      count.began(participantId, purpose, attempt.dialedAt);
      if (attempt.rangAt !== null) count.rang(participantId, purpose);
      if (attempt.answeredAt !== null) count.answered(participantId, purpose);
      const end = endOf(attempt);
      if (end) count.ended(participantId, end);
    }
    const last = attempts.at(-1);
    if (last && attempts.length === STEP_ROWS) [kept.ofPerson, kept.attempt] = [last.participantId, last.id];
    else {
      [kept.ofPerson, kept.attempt] = [Infinity, Infinity];
      const firstTipAt = this.#firstTip.get(id) ?? null;
      if (firstTipAt !== null) count.tip(firstTipAt);
    }
  }

  #tellOf({ id, actionId, participantId }: CountedAttempt, change: (count: ActionCount) => void): void {
    this.#tell(actionId, ({ count, ofPerson, attempt }) => {
      if (participantId < ofPerson || (participantId === ofPerson && id <= attempt)) change(count);
    });
  }

  /** What is taken back with its transaction was never counted. */
  #tell(id: ActionId, change: (kept: Kept) => void): void {
    this.afterCommit(() => {
      const kept = this.#kept.get(id);
      if (kept) change(kept);
    });
  }
}

function endOf(attempt: CountedAttempt): CountedEnd | undefined {
  const { purpose, outcome, endedAt, heardSeconds, messageSeconds, plays } = attempt;
  if (outcome === null || endedAt === null) return undefined;
  const heard = messageSeconds !== null && heardSeconds > 0 && heardSeconds >= messageSeconds - TOLERANCE_SECONDS;
  return { purpose, outcome, endedAt, heard, replayed: plays > PLAYS_UNASKED };
}

const ofDatabase = new WeakMap<Database, Tallies>();

/** The counts that all stores on one database keep together. */
export function talliesOf(db: Database): Tallies {
  const tallies = ofDatabase.get(db) ?? new Tallies(db.sqlite, db.afterCommit);
  ofDatabase.set(db, tallies);
  return tallies;
}
