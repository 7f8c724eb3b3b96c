import type { ActionId } from '../../domain/action.js';
import type { Standing } from '../../domain/caller-match.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import type { Selection } from '../../domain/selection.js';
import { inSlices, ROWS_A_TURN } from '../../lib/each-in-turn.js';
import { sortedParts } from '../../lib/sorted-parts.js';
import type { ActionStore, SelectedPerson } from '../../ports/stores.js';
import type { Sqlite } from './database.js';
import { isPhones, type JsonColumns } from './json-columns.js';

/** The selections of the actions. */
export interface SelectionRows extends Pick<
  ActionStore,
  'calleesInSlices' | 'callee' | 'markReached' | 'standings' | 'standingsOf'
> {
  /**
   * Each step writes at most about a thousand rows and yields how many it wrote. The caller must run every
   * step.
   */
  insert(id: ActionId, selection: Selection): Generator<number>;
}

interface CalleeRow extends Omit<SelectedPerson, 'phones'> {
  phones: string;
}
/** A callee's place in the calling order. */
interface Place {
  participantId: ParticipantId;
  position: number;
}
/** A number, and a participant who has it. */
type NumberRow = [E164, ParticipantId];

interface Reach {
  id: ActionId;
  person: ParticipantId;
  phone: E164 | null;
  heardVersion: number;
  now: number;
}

/**
 * A household is called once: people who share a number are called through the first of them, and that call
 * reaches them all. A row of `selection` is therefore one of two kinds:
 * - a callee, who gets a call of their own: `shared_with` is null and `phones` has the numbers to call;
 * - a housemate: `shared_with` is the callee, and `phones` is empty.
 *
 * `selection_phone` has every number of both kinds. Reached people and callers on the tip line can be of
 * either kind.
 */
export function openSelectionRows(sqlite: Sqlite, json: JsonColumns): SelectionRows {
  // A slice is passed as JSON, so that one statement writes a thousand people.
  const insertCallees = sqlite.prepare<[{ id: ActionId; from: number; list: string }]>(
    `INSERT INTO selection (action_id, participant_id, position, phones)
     SELECT @id, value ->> 'participantId', @from + key, value -> 'phones' FROM json_each(@list)`,
  );
  const insertExcluded = sqlite.prepare<[{ id: ActionId; list: string }]>(
    `INSERT INTO exclusion (action_id, participant_id, reason, shared_with)
     SELECT @id, value ->> 'participantId', value ->> 'reason', value ->> 'sharedWith' FROM json_each(@list)`,
  );
  const insertSharers = sqlite.prepare<[{ id: ActionId; from: number; list: string }]>(
    `INSERT INTO selection (action_id, participant_id, position, phones, shared_with)
     SELECT @id, value ->> 'participantId', @from + key, '[]', value ->> 'sharedWith' FROM json_each(@list)`,
  );
  // The numbers to call, and every other number of these people.
  const findNumbers = sqlite
    .prepare<[{ id: ActionId; list: string }], NumberRow>(
      `SELECT own.value, s.participant_id FROM json_each(@list) person
       CROSS JOIN selection s ON s.action_id = @id AND s.participant_id = person.value CROSS JOIN json_each(s.phones) own
       UNION
       SELECT ph.number, ph.participant_id FROM json_each(@list) person CROSS JOIN phone ph ON ph.participant_id = person.value`,
    )
    .raw();
  const insertNumbers = sqlite.prepare<[{ id: ActionId; list: string }]>(
    `INSERT INTO selection_phone (number, action_id, participant_id)
     SELECT value ->> 0, @id, value ->> 1 FROM json_each(@list)`,
  );
  // In the order of the primary key, so that a slice reads its own rows and no others.
  const findPlaces = sqlite.prepare<[{ id: ActionId; after: ParticipantId; limit: number }], Place>(
    `SELECT participant_id AS participantId, position
     FROM selection WHERE action_id = @id AND participant_id > @after AND shared_with IS NULL
     ORDER BY participant_id LIMIT @limit`,
  );
  const findCallees = sqlite.prepare<[{ id: ActionId; list: string }], CalleeRow>(
    `SELECT s.participant_id AS participantId, s.phones, s.reached_at AS reachedAt, s.heard_version AS heardVersion
     FROM json_each(@list) person
     CROSS JOIN selection s ON s.action_id = @id AND s.participant_id = person.value
     ORDER BY s.position`,
  );
  const findCallee = sqlite.prepare<[ActionId, ParticipantId], CalleeRow>(
    `SELECT participant_id AS participantId, phones, reached_at AS reachedAt, heard_version AS heardVersion
     FROM selection WHERE action_id = ? AND participant_id = ?`,
  );
  const findStandings = sqlite.prepare<[{ phone: E164; closedAfter: number; simulated: number }], Standing>(
    `SELECT a.id AS actionId, s.participant_id AS participantId, a.state, a.started_at AS startedAt,
            a.closed_at AS closedAt, s.reached_at AS reachedAt
     FROM selection_phone sp
     CROSS JOIN action a ON a.id = sp.action_id
     CROSS JOIN selection s ON s.action_id = sp.action_id AND s.participant_id = sp.participant_id
     WHERE sp.number = @phone AND a.simulated = @simulated
       AND (a.state IN ('running', 'paused') OR (a.state = 'closed' AND a.closed_at > @closedAfter))
     ORDER BY a.id, s.position`,
  );
  const findStandingsOf = sqlite.prepare<[{ ids: string; closedAfter: number; simulated: number }], Standing>(
    `SELECT a.id AS actionId, s.participant_id AS participantId, a.state, a.started_at AS startedAt,
            a.closed_at AS closedAt, s.reached_at AS reachedAt
     FROM action a CROSS JOIN json_each(@ids) person
     CROSS JOIN selection s ON s.action_id = a.id AND s.participant_id = person.value
     WHERE a.simulated = @simulated
       AND (a.state IN ('running', 'paused') OR (a.state = 'closed' AND a.closed_at > @closedAfter))
     ORDER BY a.id, s.position`,
  );
  const inHousehold = `action_id = @id AND participant_id IN (
    SELECT @person UNION ALL SELECT participant_id FROM selection_phone WHERE number = @phone AND action_id = @id)`;
  const findUnreached = sqlite
    .prepare<[Reach], ParticipantId>(
      `SELECT participant_id FROM selection WHERE ${inHousehold} AND reached_at IS NULL ORDER BY position`,
    )
    .pluck();
  const reach = sqlite.prepare<[Reach]>(
    `UPDATE selection SET reached_at = coalesce(reached_at, @now), heard_version = max(heard_version, @heardVersion)
     WHERE ${inHousehold}`,
  );
  const markReached = sqlite.transaction((reached: Reach) => {
    const unreached = findUnreached.all(reached);
    reach.run(reached);
    return unreached;
  });

  /** A callee with unreadable numbers cannot be called. The value is reported, and the callee is left out. */
  const toCallee = (row: CalleeRow, id: ActionId): SelectedPerson | undefined => {
    const phones = json.read(row.phones, isPhones, { table: 'selection', column: 'phones', id });
    return phones && { ...row, phones };
  };

  return {
    *insert(id, { selected, excluded }) {
      const sharers = excluded.filter(({ reason, sharedWith }) => reason === 'shared_number' && sharedWith !== null);
      const people = [...selected, ...sharers].map(({ participantId }) => participantId);
      let from = 0;
      const next = (slice: readonly unknown[]): { id: ActionId; from: number; list: string } => {
        const rows = { id, from, list: JSON.stringify(slice) };
        from += slice.length;
        return rows;
      };
      for (const slice of inSlices(selected)) yield insertCallees.run(next(slice)).changes;
      for (const slice of inSlices(sharers)) yield insertSharers.run(next(slice)).changes;
      for (const slice of inSlices(excluded)) yield insertExcluded.run({ id, list: JSON.stringify(slice) }).changes;
      const numbers: NumberRow[] = [];
      for (const slice of inSlices(people)) {
        const found = findNumbers.all({ id, list: JSON.stringify(slice) });
        for (const row of found) numbers.push(row);
        yield found.length;
      }
      // Sorted like the index, so that the index grows page by page and not everywhere with each slice.
      for (const slice of sortedParts(numbers, byNumber, ROWS_A_TURN))
        yield slice.length === 0 ? ROWS_A_TURN : insertNumbers.run({ id, list: JSON.stringify(slice) }).changes;
    },
    *calleesInSlices(id) {
      const places: Place[] = [];
      for (let after = 0; ;) {
        const slice = findPlaces.all({ id, after, limit: ROWS_A_TURN });
        for (const place of slice) places.push(place);
        const last = slice.at(-1);
        if (slice.length < ROWS_A_TURN || !last) break;
        after = last.participantId;
        yield [];
      }
      for (const slice of sortedParts(places, byPosition, ROWS_A_TURN)) {
        const list = JSON.stringify(slice.map(({ participantId }) => participantId));
        yield findCallees.all({ id, list }).flatMap((row) => toCallee(row, id) ?? []);
      }
    },
    callee(id, participantId) {
      const row = findCallee.get(id, participantId);
      return row && toCallee(row, id);
    },
    markReached: (id, person, phone, heardVersion, now) =>
      markReached.immediate({ id, person, phone, heardVersion, now }),
    standings: (phone, { closedAfter, simulated }) =>
      findStandings.all({ phone, closedAfter, simulated: Number(simulated) }),
    standingsOf: (ids, { closedAfter, simulated }) =>
      findStandingsOf.all({ ids: JSON.stringify(ids), closedAfter, simulated: Number(simulated) }),
  };
}

const byPosition = (a: Place, b: Place): number => a.position - b.position;

/** The order of the index: by number, then by participant. */
const byNumber = ([a, one]: NumberRow, [b, other]: NumberRow): number => (a < b ? -1 : a > b ? 1 : one - other);
