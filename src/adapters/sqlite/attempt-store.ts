import type { ActionId } from '../../domain/action.js';
import type { Attempt, AttemptEnd, AttemptId, Purpose } from '../../domain/attempt.js';
import type { Outcome } from '../../domain/outcome.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { AttemptStore, NewAttempt } from '../../ports/stores.js';
import type { Database } from './database.js';
import { openExperience } from './experience.js';
import { COUNTED_COLUMNS, talliesOf, type CountedAttempt } from './tally.js';

const COLUMNS = `id, action_id AS actionId, participant_id AS participantId, phone, purpose, number,
  message_version AS messageVersion, outcome, dialed_at AS dialedAt, rang_at AS rangAt, answered_at AS answeredAt,
  confirmed_at AS confirmedAt, ended_at AS endedAt, heard_seconds AS heardSeconds, plays, sip_status AS sipStatus,
  cause, reason, retry_after_seconds AS retryAfterSeconds`;

interface SliceArguments {
  id: ActionId;
  from: number;
  to: number;
  purpose: Purpose | null;
  outcome: Outcome | null;
  limit: number;
  offset: number;
}

/**
 * The attempts. Each step of an attempt is one guarded statement: it stores the time of the first event only,
 * and nothing once the attempt has an outcome. Events that arrive late or twice therefore change nothing.
 */
export function openAttemptStore(db: Database): AttemptStore {
  const { sqlite, withoutSync } = db;
  const tallies = talliesOf(db);
  const insert = sqlite.prepare<[NewAttempt], Attempt>(
    `INSERT INTO attempt (action_id, participant_id, phone, purpose, number, message_version, dialed_at)
     VALUES (@actionId, @participantId, @phone, @purpose, @number, @messageVersion, @dialedAt) RETURNING ${COLUMNS}`,
  );
  const step = (column: 'rang_at' | 'answered_at' | 'confirmed_at') => {
    const write = sqlite.prepare<[number, AttemptId], CountedAttempt>(
      `UPDATE attempt SET ${column} = ? WHERE id = ? AND ${column} IS NULL AND outcome IS NULL RETURNING ${COUNTED_COLUMNS}`,
    );
    // Undefined when the step was stored before, or when the attempt has an outcome.
    return (id: AttemptId, at: number): CountedAttempt | undefined => write.get(at, id);
  };
  const [rang, answered, confirmed] = [step('rang_at'), step('answered_at'), step('confirmed_at')];
  const end = sqlite.prepare<[AttemptEnd & { id: AttemptId }], CountedAttempt>(
    `UPDATE attempt SET outcome = @outcome, ended_at = @endedAt, heard_seconds = @heardSeconds, plays = @plays,
       sip_status = @sipStatus, cause = @cause, reason = @reason, retry_after_seconds = @retryAfterSeconds
     WHERE id = @id AND outcome IS NULL RETURNING ${COUNTED_COLUMNS}`,
  );
  const one = sqlite.prepare<[AttemptId], Attempt>(`SELECT ${COLUMNS} FROM attempt WHERE id = ?`);
  const ofAction = sqlite.prepare<[ActionId], Attempt>(
    `SELECT ${COLUMNS} FROM attempt WHERE action_id = ? ORDER BY id`,
  );
  const ofPurpose = sqlite.prepare<[ActionId, Purpose], Attempt>(
    `SELECT ${COLUMNS} FROM attempt WHERE action_id = ? AND purpose = ? ORDER BY id`,
  );
  // The attempts of an action are close together, between its first and last id. Rows that are read by id
  // need no sorting.
  const bounds = sqlite.prepare<[ActionId], { first: number | null; last: number | null }>(
    'SELECT min(id) AS first, max(id) AS last FROM attempt WHERE action_id = ?',
  );
  const slice = sqlite.prepare<[SliceArguments], Attempt>(
    `SELECT ${COLUMNS} FROM attempt
     WHERE id BETWEEN @from AND @to AND +action_id = @id AND (@purpose IS NULL OR purpose = @purpose)
       AND (@outcome IS NULL OR outcome = @outcome)
     ORDER BY id LIMIT @limit OFFSET @offset`,
  );
  const ofPerson = sqlite.prepare<[ActionId, ParticipantId], Attempt>(
    `SELECT ${COLUMNS} FROM attempt WHERE action_id = ? AND participant_id = ? ORDER BY id`,
  );
  const askedToWait = sqlite.prepare<[number], Attempt>(
    `SELECT ${COLUMNS} FROM attempt WHERE retry_after_seconds IS NOT NULL AND ended_at > ? ORDER BY ended_at`,
  );
  const open = sqlite.prepare<[], Attempt>(`SELECT ${COLUMNS} FROM attempt WHERE outcome IS NULL ORDER BY id`);

  return {
    add(attempt) {
      const added = insert.get(attempt);
      if (!added) throw new Error('an attempt was not found after it was added');
      tallies.began({ ...added, messageSeconds: null });
      return added;
    },
    get: (id) => one.get(id),
    // Ringing and answer decide nothing after a loss of power, because that ends the call too.
    rang: (id, at) => {
      const stored = withoutSync(() => rang(id, at));
      if (stored) tallies.rang(stored);
    },
    answered: (id, at) => {
      const stored = withoutSync(() => answered(id, at));
      if (stored) tallies.answered(stored);
    },
    confirmed: (id, at) => void confirmed(id, at),
    end(id, facts) {
      const ended = end.get({ ...facts, id });
      if (ended) tallies.ended(ended);
      return ended !== undefined;
    },
    ofAction: (id, purpose) => (purpose ? ofPurpose.all(id, purpose) : ofAction.all(id)),
    slice(id, { after = 0, offset = 0, limit = -1, purpose = null, outcome = null }) {
      // The first attempt of an action never changes, so a page is read from the client's position on.
      const { first, last } = bounds.get(id) ?? {};
      if (first == null || last == null) return [];
      return slice.all({ id, from: Math.max(first, after + 1), to: last, purpose, outcome, limit, offset });
    },
    ofPerson: (id, participantId) => ofPerson.all(id, participantId),
    open: () => open.all(),
    askedToWait: (endedAfter) => askedToWait.all(endedAfter),
    tally: (id) => tallies.tally(id),
    countSome: (id) => tallies.step(id),
    experience: openExperience(sqlite),
  };
}
