import type { Area } from '../../domain/area.js';
import type { Participant, ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import type { ParticipantStore } from '../../ports/stores.js';
import { openCandidateRows } from './candidate-rows.js';
import type { Database } from './database.js';
import { openImport } from './participant-import.js';
import { openParticipantRows } from './participant-rows.js';
import { SEGMENTS } from './segments.js';

/**
 * Every participant in the area, once. The CROSS JOINs fix the order of the joins, so that SQLite reads one
 * range of the index for each segment and part of the area and never scans all participants. `@ranges` and
 * `@singles` are JSON.
 */
const IN_AREA = `
  WITH RECURSIVE ${SEGMENTS}
  SELECT pp.participant_id AS id FROM segment CROSS JOIN json_each(@ranges) part
  CROSS JOIN participant_postcode pp ON pp.segment = segment.id AND pp.pc4 BETWEEN part.value ->> 'from' AND part.value ->> 'to'
  UNION
  SELECT pp.participant_id AS id FROM segment CROSS JOIN json_each(@singles) part
  CROSS JOIN participant_postcode pp ON pp.segment = segment.id AND pp.pc4 = part.value ->> 'pc4' AND pp.letters = part.value ->> 'letters'`;

/** The ranges and the single postcodes of an area, as JSON. */
interface AreaParts {
  ranges: string;
  singles: string;
}

interface PersonRow {
  id: ParticipantId;
  name: string | null;
  language: Participant['language'];
  pausedUntil: number | null;
  nightCalls: number;
  createdAt: number;
}

/** The participants. Candidates are returned in the order in which they signed up. */
export function openParticipantStore(db: Database): ParticipantStore {
  const { sqlite } = db;
  const rows = openParticipantRows(sqlite);
  const importChunk = openImport(sqlite, rows);
  const person = sqlite.prepare<[ParticipantId], PersonRow>(
    `SELECT id, name, language, paused_until AS pausedUntil, night_calls AS nightCalls, created_at AS createdAt
     FROM participant WHERE id = ?`,
  );
  const withNumber = sqlite
    .prepare<[E164], ParticipantId>(
      `WITH RECURSIVE ${SEGMENTS}
       SELECT DISTINCT ph.participant_id FROM segment
       CROSS JOIN phone ph ON ph.segment = segment.id AND ph.number = ?
       ORDER BY ph.participant_id`,
    )
    .pluck();
  const countAll = sqlite.prepare<[], number>('SELECT count(*) FROM participant').pluck();
  const countArea = sqlite.prepare<[AreaParts], number>(`SELECT count(*) FROM (${IN_AREA})`).pluck();
  const candidatesIn = openCandidateRows(sqlite);
  const add = sqlite.transaction((participant: Parameters<ParticipantStore['add']>[0], now: number) =>
    rows.insert(participant, now),
  );

  const get = (id: ParticipantId): Participant | undefined => {
    const row = person.get(id);
    if (!row) return undefined;
    return { ...row, nightCalls: row.nightCalls === 1, phones: rows.phones(id), postcodes: rows.postcodes(id) };
  };

  return {
    add(participant, now) {
      const id = add.immediate(participant, now);
      const added = get(id);
      if (!added) throw new Error('a participant was not found after it was added');
      return added;
    },
    importRows: importChunk,
    get,
    byPhone: (phone) => withNumber.all(phone).flatMap((id) => get(id) ?? []),
    count: (area) => (area ? countArea.get(partsOf(area)) : countAll.get()) ?? 0,
    candidates: (area) => candidatesIn(area),
  };
}

function partsOf(area: Area): AreaParts {
  return {
    ranges: JSON.stringify(area.parts.filter((part) => part.type === 'range')),
    singles: JSON.stringify(area.parts.filter((part) => part.type === 'pc6')),
  };
}
