import type { Area } from '../../domain/area.js';
import type { Coordinates } from '../../domain/coordinates.js';
import type { Participant, ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import type { Candidate } from '../../domain/selection.js';
import type { ParticipantStore } from '../../ports/stores.js';
import type { Database } from './database.js';
import { openImport } from './participant-import.js';
import { openParticipantRows } from './participant-rows.js';
import { SEGMENTS } from './segments.js';

/**
 * Everybody in the area, each once. The CROSS JOINs fix the order: for each segment and part of the area one range of the
 * index, never a walk through all participants. `@ranges` and `@singles` are JSON.
 */
function inArea(columns: string): string {
  return `
  WITH RECURSIVE ${SEGMENTS}
  SELECT ${columns} FROM segment CROSS JOIN json_each(@ranges) part
  CROSS JOIN participant_postcode pp ON pp.segment = segment.id AND pp.pc4 BETWEEN part.value ->> 'from' AND part.value ->> 'to'
  UNION
  SELECT ${columns} FROM segment CROSS JOIN json_each(@singles) part
  CROSS JOIN participant_postcode pp ON pp.segment = segment.id AND pp.pc4 = part.value ->> 'pc4' AND pp.letters = part.value ->> 'letters'`;
}
const IN_AREA = inArea('pp.participant_id AS id');

/**
 * Where the postcodes are for which people are in the area: of each the place of the PC6, else that of its PC4. Joined from
 * the left, so that the area is looked up first and each place by its key.
 */
const PLACES = `
  SELECT pp.id, coalesce(six.lat, four.lat) AS lat, coalesce(six.lon, four.lon) AS lon
  FROM (${inArea('pp.participant_id AS id, pp.pc4, pp.letters')}) pp
  LEFT JOIN postcode_place six ON six.pc4 = pp.pc4 AND six.letters = pp.letters
  LEFT JOIN postcode_place four ON four.pc4 = pp.pc4 AND four.letters = ''`;

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

/** One number of a candidate: id, paused until, night calls, number. */
type CandidateRow = [ParticipantId, number | null, number, E164];

/** A place of a candidate, unless none is known: id, latitude, longitude. */
type PlaceRow = [ParticipantId, number | null, number | null];

/** The participants. Candidates come in the order in which they signed up. */
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
  const candidateRows = sqlite
    .prepare<[AreaParts], CandidateRow>(
      `SELECT p.id, p.paused_until, p.night_calls, ph.number FROM (${IN_AREA}) area
       CROSS JOIN participant p ON p.id = area.id
       CROSS JOIN phone ph ON ph.participant_id = p.id
       ORDER BY p.id, ph.position`,
    )
    .raw();
  const placeRows = sqlite.prepare<[AreaParts], PlaceRow>(PLACES).raw();
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
      if (!added) throw new Error('a participant vanished while being added');
      return added;
    },
    importRows: importChunk,
    get,
    byPhone: (phone) => withNumber.all(phone).flatMap((id) => get(id) ?? []),
    count: (area) => (area ? countArea.get(partsOf(area)) : countAll.get()) ?? 0,
    candidates(area) {
      const candidates = gather(candidateRows.all(partsOf(area)));
      return area.near ? withPlaces(candidates, placeRows.all(partsOf(area))) : candidates;
    },
  };
}

function partsOf(area: Area): AreaParts {
  return {
    ranges: JSON.stringify(area.parts.filter((part) => part.type === 'range')),
    singles: JSON.stringify(area.parts.filter((part) => part.type === 'pc6')),
  };
}

/** One candidate for each run of rows of the same person. */
function gather(rows: readonly CandidateRow[]): Candidate[] {
  const candidates: Candidate[] = [];
  let phones: E164[] = [];
  let current: ParticipantId | undefined;
  for (const [participantId, pausedUntil, nightCalls, number] of rows) {
    if (participantId === current) phones.push(number);
    else {
      current = participantId;
      phones = [number];
      candidates.push({ participantId, phones, pausedUntil, nightCalls: nightCalls === 1 });
    }
  }
  return candidates;
}

function withPlaces(candidates: readonly Candidate[], rows: readonly PlaceRow[]): Candidate[] {
  const places = new Map<ParticipantId, Coordinates[]>();
  for (const [id, lat, lon] of rows) {
    if (lat === null || lon === null) continue;
    const known = places.get(id);
    if (known) known.push({ lat, lon });
    else places.set(id, [{ lat, lon }]);
  }
  return candidates.map((candidate) => ({ ...candidate, places: places.get(candidate.participantId) ?? [] }));
}
