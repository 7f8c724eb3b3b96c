import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import type { ImportRow, ParticipantStore } from '../../ports/stores.js';
import type { Sqlite } from './database.js';
import type { ParticipantRows } from './participant-rows.js';
import { SEGMENTS } from './segments.js';

/** Somebody whose number occurs in the chunk. */
interface Known {
  readonly id: ParticipantId;
  name: string | null;
}

/** Who has which number: what is stored, kept up to date while the chunk is taken in. */
type Household = Map<E164, Known[]>;

/**
 * Takes in one chunk of an import. Everybody known by a number of the chunk is looked up in one query, because the first
 * import of a register finds nobody: a query per line would double its time.
 */
export function openImport(sqlite: Sqlite, store: ParticipantRows): ParticipantStore['importRows'] {
  const find = sqlite
    .prepare<[string], [E164, ParticipantId, string | null]>(
      // In order within each segment: what lies together is searched together.
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

  const lookUp = (rows: readonly ImportRow[]): Household => {
    const numbers = store.perhapsStored([...new Set(rows.flatMap((row) => row.phones))]);
    const people = new Map<ParticipantId, Known>();
    const household: Household = new Map();
    for (const [number, id, name] of find.all(JSON.stringify(numbers))) {
      const person = people.get(id) ?? { id, name };
      people.set(id, person);
      join(household, number, person);
    }
    return household;
  };

  const take = (rows: readonly ImportRow[], now: number): { imported: number; updated: number } => {
    const household = lookUp(rows);
    let updated = 0;
    for (const row of rows) {
      const person = matching(household, row);
      if (!person) {
        const added: Known = { id: store.insert(row, now), name: row.name };
        for (const phone of row.phones) join(household, phone, added);
        continue;
      }
      updated++;
      for (const phone of store.phones(person.id)) leave(household, phone, person);
      for (const phone of row.phones) join(household, phone, person);
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
      const result = take(rows, now);
      (dryRun ? rollback : commit).run();
      return result;
    } finally {
      // Only after a throw: some errors of SQLite end the transaction by themselves, others leave it open.
      if (sqlite.inTransaction) rollback.run();
    }
  };
}

/** The person a row is about: same number and same name before same number and a name missing on either side. */
function matching(household: Household, row: ImportRow): Known | undefined {
  let nameless: Known | undefined;
  for (const phone of row.phones) {
    for (const person of household.get(phone) ?? []) {
      if (person.name === row.name) return person;
      if (person.name === null || row.name === null) nameless ??= person;
    }
  }
  return nameless;
}

function join(household: Household, phone: E164, person: Known): void {
  const people = household.get(phone);
  if (!people) household.set(phone, [person]);
  else if (!people.includes(person)) people.push(person);
}

function leave(household: Household, phone: E164, person: Known): void {
  const people = household.get(phone);
  if (people)
    household.set(
      phone,
      people.filter((other) => other !== person),
    );
}
