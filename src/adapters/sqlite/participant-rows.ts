import { formatPostcode, type Postcode } from '../../domain/area.js';
import type { NewParticipant, ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import type { Sqlite } from './database.js';
import { NumberFilter } from './number-filter.js';

/** The rows of one participant. Call the writing methods inside a transaction. */
export interface ParticipantRows {
  insert(participant: NewParticipant, now: number): ParticipantId;
  /** Replaces the participant's numbers and postcodes. Writes only what differs. */
  replace(id: ParticipantId, to: Pick<NewParticipant, 'phones' | 'postcodes'>): void;
  rename(id: ParticipantId, name: string): void;
  /** Leaves out the numbers that certainly are not stored. Call this inside the transaction. */
  perhapsStored(numbers: readonly E164[]): readonly E164[];
  /** In calling order. */
  phones(id: ParticipantId): readonly E164[];
  postcodes(id: ParticipantId): readonly Postcode[];
}

export function openParticipantRows(sqlite: Sqlite): ParticipantRows {
  const insertPerson = sqlite.prepare<[string | null, string, number]>(
    'INSERT INTO participant (name, language, created_at) VALUES (?, ?, ?)',
  );
  const insertPhone = sqlite.prepare<[ParticipantId, number, E164]>(
    'INSERT INTO phone (participant_id, position, number) VALUES (?, ?, ?)',
  );
  const insertPostcode = sqlite.prepare<[ParticipantId, number, number, string | null]>(
    'INSERT INTO participant_postcode (participant_id, position, pc4, letters) VALUES (?, ?, ?, ?)',
  );
  const deletePhones = sqlite.prepare<[ParticipantId]>('DELETE FROM phone WHERE participant_id = ?');
  const deletePostcodes = sqlite.prepare<[ParticipantId]>('DELETE FROM participant_postcode WHERE participant_id = ?');
  const rename = sqlite.prepare<[string, ParticipantId]>('UPDATE participant SET name = ? WHERE id = ?');
  const findPhones = sqlite
    .prepare<[ParticipantId], E164>('SELECT number FROM phone WHERE participant_id = ? ORDER BY position')
    .pluck();
  const findPostcodes = sqlite.prepare<[ParticipantId], Postcode>(
    'SELECT pc4, letters FROM participant_postcode WHERE participant_id = ? ORDER BY position',
  );

  const seen = watchNumbers(sqlite);
  const writePhones = (id: ParticipantId, phones: readonly E164[]): void => {
    let position = 0;
    for (const phone of new Set(phones)) {
      insertPhone.run(id, position++, phone);
      seen.add(phone);
    }
  };
  const writePostcodes = (id: ParticipantId, postcodes: readonly Postcode[]): void => {
    let position = 0;
    for (const { pc4, letters } of distinct(postcodes)) insertPostcode.run(id, position++, pc4, letters);
  };

  return {
    insert(participant, now) {
      const id = Number(insertPerson.run(participant.name, participant.language, now).lastInsertRowid);
      writePhones(id, participant.phones);
      writePostcodes(id, participant.postcodes);
      return id;
    },
    replace(id, to) {
      if (!same(findPhones.all(id), [...new Set(to.phones)])) {
        deletePhones.run(id);
        writePhones(id, to.phones);
      }
      if (!same(findPostcodes.all(id).map(formatPostcode), distinct(to.postcodes).map(formatPostcode))) {
        deletePostcodes.run(id);
        writePostcodes(id, to.postcodes);
      }
    },
    rename: (id, name) => void rename.run(name, id),
    perhapsStored: (numbers) => seen.perhapsStored(numbers),
    phones: (id) => findPhones.all(id),
    postcodes: (id) => findPostcodes.all(id),
  };
}

/**
 * Remembers every stored number, so that a first import skips most searches. Works only when the table was
 * empty at the start, and until another connection changes the database.
 */
function watchNumbers(sqlite: Sqlite) {
  const version = sqlite.prepare<[], number>('PRAGMA data_version').pluck();
  const opened = version.get();
  const empty = sqlite.prepare('SELECT 1 FROM phone LIMIT 1').get() === undefined;
  let filter = empty ? new NumberFilter() : undefined;
  return {
    add: (number: E164): void => filter?.add(number),
    perhapsStored(numbers: readonly E164[]): readonly E164[] {
      if (version.get() !== opened) filter = undefined;
      const known = filter;
      return known ? numbers.filter((number) => known.maybe(number)) : numbers;
    },
  };
}

function distinct(postcodes: readonly Postcode[]): readonly Postcode[] {
  if (postcodes.length < 2) return postcodes;
  return [...new Map(postcodes.map((postcode) => [formatPostcode(postcode), postcode])).values()];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
