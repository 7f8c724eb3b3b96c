import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import type { ImportRow, ParticipantStore } from '../../ports/stores.js';
import type { Sqlite } from './database.js';
import type { ParticipantRows } from './participant-rows.js';
import { SEGMENTS } from './segments.js';

/** A participant with a number that occurs in the chunk. */
interface Known {
  readonly id: ParticipantId;
  name: string | null;
}

/** The participants of each number: as stored, and kept up to date while the chunk is imported. */
type PeopleByNumber = Map<E164, Known[]>;

/**
 * Imports one chunk. One query finds every participant with a number of the chunk, because the first import
 * of a register finds nobody and a query per line would double its time.
 */
export function openImport(sqlite: Sqlite, store: ParticipantRows): ParticipantStore['importRows'] {
  const find = sqlite
    .prepare<[string], [E164, ParticipantId, string | null]>(
      // Numbers are searched in order within each segment, so that neighbouring pages are read together.
      `WITH RECURSIVE ${SEGMENTS}
       SELECT ph.number, p.id, p.name FROM segment
       CROSS JOIN (SELECT value AS number FROM json_each(?) ORDER BY value) line
       CROSS JOIN phone ph ON ph.segment = segment.id AND ph.number = line.number
       CROSS JOIN participant p ON p.id = ph.participant_id
       ORDER BY p.id`,
    )
    .raw();
  const begin = sqlite.prepare('BEGIN IMMEDIATE');
  const commit = sqlite.prepare('COMMIT');
  const rollback = sqlite.prepare('ROLLBACK');

  const lookUp = (rows: readonly ImportRow[]): PeopleByNumber => {
    const numbers = store.perhapsStored([...new Set(rows.flatMap((row) => row.phones))]);
    const people = new Map<ParticipantId, Known>();
    const byNumber: PeopleByNumber = new Map();
    for (const [number, id, name] of find.all(JSON.stringify(numbers))) {
      const person = people.get(id) ?? { id, name };
      people.set(id, person);
      join(byNumber, number, person);
    }
    return byNumber;
  };

  const importRows = (rows: readonly ImportRow[], now: number): { imported: number; updated: number } => {
    const byNumber = lookUp(rows);
    let updated = 0;
    for (const row of rows) {
      const person = matching(byNumber, row);
      if (!person) {
        const added: Known = { id: store.insert(row, now), name: row.name };
        for (const phone of row.phones) join(byNumber, phone, added);
        continue;
      }
      updated++;
      for (const phone of store.phones(person.id)) leave(byNumber, phone, person);
      for (const phone of row.phones) join(byNumber, phone, person);
      store.replace(person.id, row);
      if (person.name === null && row.name !== null) {
        store.rename(person.id, row.name);
        person.name = row.name;
      }
    }
    return { imported: rows.length - updated, updated };
  };

  return (rows, { now, dryRun }) => {
    begin.run();
    try {
      const result = importRows(rows, now);
      (dryRun ? rollback : commit).run();
      return result;
    } finally {
      // Only after a throw. Some errors of SQLite end the transaction, others leave it open.
      if (sqlite.inTransaction) rollback.run();
    }
  };
}

/**
 * The participant of a row: one with the same number and the same name, or else one with the same number when
 * the row or the participant has no name.
 */
function matching(byNumber: PeopleByNumber, row: ImportRow): Known | undefined {
  let nameless: Known | undefined;
  for (const phone of row.phones) {
    for (const person of byNumber.get(phone) ?? []) {
      if (person.name === row.name) return person;
      if (person.name === null || row.name === null) nameless ??= person;
    }
  }
  return nameless;
}

function join(byNumber: PeopleByNumber, phone: E164, person: Known): void {
  const people = byNumber.get(phone);
  if (!people) byNumber.set(phone, [person]);
  else if (!people.includes(person)) people.push(person);
}

function leave(byNumber: PeopleByNumber, phone: E164, person: Known): void {
  const people = byNumber.get(phone);
  if (people)
    byNumber.set(
      phone,
      people.filter((other) => other !== person),
    );
}
