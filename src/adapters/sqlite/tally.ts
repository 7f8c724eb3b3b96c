import type { ActionId } from '../../domain/action.js';
import type { AttemptId, Purpose } from '../../domain/attempt.js';
import type { Outcome } from '../../domain/outcome.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { ActionTally } from '../../ports/stores.js';
import { ActionCount, type CountedEnd } from './action-count.js';
import type { Database, Sqlite } from './database.js';

/**
 * The whole message counts as heard when at most this much was missed, because after the last word the sound
 * goes on for a moment.
 */
const TOLERANCE_SECONDS = 0.5;
/**
 * Every alert call plays the message this often. More plays mean that the participant pressed a key to hear
 * it again.
 */
const PLAYS_BY_DEFAULT = 2;

/** Rows that one step of a first count reads. A step takes a few milliseconds. */
const STEP_ROWS = 5_000;
/**
 * Actions with finished counts in memory. The least recently used are dropped, and counted again when they
 * are asked for.
 */
const KEPT = 24;

/** The columns of an attempt that are counted. */
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
  /** Length of the message version that the attempt plays; null when not known. */
  readonly messageSeconds: number | null;
}

/** Columns of a statement that returns a {@link CountedAttempt}. */
export const COUNTED_COLUMNS = `id, action_id AS actionId, participant_id AS participantId, purpose, dialed_at AS dialedAt,
  rang_at AS rangAt, answered_at AS answeredAt, outcome, ended_at AS endedAt, heard_seconds AS heardSeconds, plays,
  (SELECT m.seconds FROM action_message m
   WHERE m.action_id = attempt.action_id AND m.version = attempt.message_version) AS messageSeconds`;

/** Counts of an action, and how far its rows have been read. */
interface Progress {
  readonly count: ActionCount;
  /** The last person of the selection that was read; Infinity when all have been. */
  person: number;
  /** Person and id of the last attempt that was read, in the order of the index. */
  ofPerson: number;
  attempt: number;
}

/**
 * The counts of actions. They are read from the tables once, in steps, and then updated by each stored
 * change. A change to a row that has not been read yet is skipped, because the row will be read with that
 * change.
 */
export class Tallies {
  readonly #counts = new Map<ActionId, Progress>();
  readonly #people;
  readonly #attempts;
  readonly #firstTip;

  constructor(
    sqlite: Sqlite,
    private readonly afterCommit: Database['afterCommit'],
  ) {
    // The selection of a draft does not count yet; see `staged-selection.ts`.
    this.#people = sqlite.prepare<
      [ActionId, number, number],
      { id: ParticipantId; own: number; reachedAt: number | null }
    >(
      `SELECT participant_id AS id, shared_with IS NULL AS own, reached_at AS reachedAt FROM selection
       WHERE action_id = (SELECT id FROM action WHERE id = ? AND state <> 'draft') AND participant_id > ? ORDER BY participant_id LIMIT ?`,
    );
    this.#attempts = sqlite.prepare<[{ id: ActionId; person: number; attempt: number; limit: number }], CountedAttempt>(
      `SELECT ${COUNTED_COLUMNS} FROM attempt
       WHERE action_id = @id AND participant_id >= @person AND (participant_id > @person OR id > @attempt)
       ORDER BY participant_id, id LIMIT @limit`,
    );
    this.#firstTip = sqlite
      .prepare<[ActionId], number | null>('SELECT min(created_at) FROM tip WHERE action_id = ?')
      .pluck();
  }

  /** Counts all the rest, however long that takes. */
  tally(id: ActionId): ActionTally {
    while (!this.step(id));
    return this.#of(id).count.tally();
  }

  /** Counts some of the rest; true when nothing is left. */
  step(id: ActionId): boolean {
    const progress = this.#of(id);
    if (progress.person !== Infinity) this.#readPeople(id, progress);
    else if (progress.attempt !== Infinity) this.#readAttempts(id, progress);
    return progress.attempt === Infinity;
  }

  /** A new selection was stored. */
  selected(id: ActionId): void {
    this.afterCommit(() => this.#counts.delete(id));
  }

  reached(id: ActionId, people: readonly ParticipantId[], at: number): void {
    this.#update(id, ({ count, person }) => {
      for (const one of people) if (one <= person) count.reached(one, at);
    });
  }

  tip(id: ActionId, at: number): void {
    this.#update(id, ({ count }) => {
      count.tip(at);
    });
  }

  began(attempt: CountedAttempt): void {
    this.#updateFor(attempt, (count) => {
      count.began(attempt.participantId, attempt.purpose, attempt.dialedAt);
    });
  }

  rang(attempt: CountedAttempt): void {
    this.#updateFor(attempt, (count) => {
      count.rang(attempt.participantId, attempt.purpose);
    });
  }

  answered(attempt: CountedAttempt): void {
    this.#updateFor(attempt, (count) => {
      count.answered(attempt.participantId, attempt.purpose);
    });
  }

  ended(attempt: CountedAttempt): void {
    this.#updateFor(attempt, (count) => {
      const end = endOf(attempt);
      if (end) count.ended(attempt.participantId, end);
    });
  }

  // ------------------------------------------------------------------

  #of(id: ActionId): Progress {
    const known = this.#counts.get(id);
    // Moves the action to the end of the map: most recently used.
    if (known) this.#counts.delete(id);
    const progress = known ?? { count: new ActionCount(), person: -1, ofPerson: -1, attempt: -1 };
    this.#counts.set(id, progress);
    if (this.#counts.size > KEPT) this.#dropOne(id);
    return progress;
  }

  /**
   * Drops the least recently used count that is finished. An unfinished count stays, because a request waits
   * for it. If more actions than fit are counted at the same time, their counts would otherwise drop one
   * another without end before any of them was finished.
   */
  #dropOne(used: ActionId): void {
    for (const [id, { attempt }] of this.#counts) {
      if (id === used || attempt !== Infinity) continue;
      this.#counts.delete(id);
      return;
    }
  }

  #readPeople(id: ActionId, progress: Progress): void {
    const people = this.#people.all(id, progress.person, STEP_ROWS);
    for (const { id: person, own, reachedAt } of people) if (own === 1) progress.count.selected(person, reachedAt);
    progress.person = people.length < STEP_ROWS ? Infinity : (people.at(-1)?.id ?? Infinity);
  }

  #readAttempts(id: ActionId, progress: Progress): void {
    const { count } = progress;
    const attempts = this.#attempts.all({ id, person: progress.ofPerson, attempt: progress.attempt, limit: STEP_ROWS });
    for (const attempt of attempts) {
      const { participantId, purpose } = attempt;
      count.began(participantId, purpose, attempt.dialedAt);
      if (attempt.rangAt !== null) count.rang(participantId, purpose);
      if (attempt.answeredAt !== null) count.answered(participantId, purpose);
      const end = endOf(attempt);
      if (end) count.ended(participantId, end);
    }
    const last = attempts.at(-1);
    if (last && attempts.length === STEP_ROWS) [progress.ofPerson, progress.attempt] = [last.participantId, last.id];
    else {
      [progress.ofPerson, progress.attempt] = [Infinity, Infinity];
      const firstTipAt = this.#firstTip.get(id) ?? null;
      if (firstTipAt !== null) count.tip(firstTipAt);
    }
  }

  #updateFor({ id, actionId, participantId }: CountedAttempt, change: (count: ActionCount) => void): void {
    this.#update(actionId, ({ count, ofPerson, attempt }) => {
      if (participantId < ofPerson || (participantId === ofPerson && id <= attempt)) change(count);
    });
  }

  /** Changes the count after the commit, so that a transaction that is rolled back is never counted. */
  #update(id: ActionId, change: (progress: Progress) => void): void {
    this.afterCommit(() => {
      const progress = this.#counts.get(id);
      if (progress) change(progress);
    });
  }
}

function endOf(attempt: CountedAttempt): CountedEnd | undefined {
  const { purpose, outcome, endedAt, heardSeconds, messageSeconds, plays } = attempt;
  if (outcome === null || endedAt === null) return undefined;
  const heard = messageSeconds !== null && heardSeconds > 0 && heardSeconds >= messageSeconds - TOLERANCE_SECONDS;
  return { purpose, outcome, endedAt, heard, replayed: plays > PLAYS_BY_DEFAULT };
}

const ofDatabase = new WeakMap<Database, Tallies>();

/** The counts that all stores on one database share. */
export function talliesOf(db: Database): Tallies {
  const tallies = ofDatabase.get(db) ?? new Tallies(db.sqlite, db.afterCommit);
  ofDatabase.set(db, tallies);
  return tallies;
}
