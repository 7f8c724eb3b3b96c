import type { Area } from '../../domain/area.js';
import type { Coordinates } from '../../domain/coordinates.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import type { Candidate } from '../../domain/selection.js';
import { ROWS_A_TURN } from '../../lib/each-in-turn.js';
import type { Sqlite } from './database.js';
import { SEGMENT_BITS } from './schema.js';

/** A postcode of a participant in the area: participant, PC4, letters. */
type PostcodeRow = [ParticipantId, number, string | null];

/** One telephone number of a candidate: id, paused until, night calls, number. */
type CandidateRow = [ParticipantId, number | null, number, E164];

/** The cost of a query, expressed in rows read. */
const QUERY_ROWS = 10;

/**
 * One part of the area in one segment: a single postcode with `letters`, or every postcode from `from` to
 * `to`.
 */
interface Stretch {
  readonly segment: number;
  readonly from: number;
  readonly to: number;
  readonly letters: string | null;
}

/**
 * Reads the participants in an area, in slices of about a thousand rows, so that calls go on between the
 * slices. It first finds the ids of the participants in the index of postcodes. Then it reads each
 * participant and the numbers, in the order of sign-up. The slices are not one snapshot: each participant is
 * read once, at a different moment.
 */
export function openCandidateRows(sqlite: Sqlite): (area: Area) => Generator<readonly Candidate[]> {
  const lastSegment = sqlite.prepare<[], number | null>(`SELECT max(id) >> ${SEGMENT_BITS} FROM participant`).pluck();
  const columns = 'participant_id, pc4, letters FROM participant_postcode WHERE segment = @segment';
  const limit = `LIMIT ${ROWS_A_TURN}`;
  // Pages follow the key of the index. In SQL, NULL compares with nothing, so the next page is read in three
  // steps: the same postcode, the other letters of its PC4, and the PC4s after it.
  const inRange = sqlite
    .prepare<[{ segment: number; from: number; to: number }], PostcodeRow>(
      `SELECT ${columns} AND pc4 BETWEEN @from AND @to ORDER BY pc4, letters, participant_id ${limit}`,
    )
    .raw();
  const inLetters = sqlite
    .prepare<[{ segment: number; pc4: number; letters: string }], PostcodeRow>(
      `SELECT ${columns} AND pc4 = @pc4 AND letters > @letters ORDER BY letters, participant_id ${limit}`,
    )
    .raw();
  const inPostcode = sqlite
    .prepare<[{ segment: number; pc4: number; letters: string | null; after: number }], PostcodeRow>(
      `SELECT ${columns} AND pc4 = @pc4 AND letters IS @letters AND participant_id > @after ORDER BY participant_id ${limit}`,
    )
    .raw();
  const people = sqlite
    .prepare<[string], CandidateRow>(
      `SELECT p.id, p.paused_until, p.night_calls, ph.number FROM json_each(?) area
       CROSS JOIN participant p ON p.id = area.value
       CROSS JOIN phone ph ON ph.participant_id = p.id
       ORDER BY p.id, ph.position`,
    )
    .raw();
  const findPlace = sqlite.prepare<[{ pc4: number; letters: string | null }], Coordinates>(
    `SELECT lat, lon FROM postcode_place WHERE pc4 = @pc4 AND letters IN (@letters, '') ORDER BY letters DESC LIMIT 1`,
  );

  function* postcodesIn({ segment, from, to, letters }: Stretch): Generator<readonly PostcodeRow[]> {
    const isFull = (rows: readonly PostcodeRow[]): boolean => rows.length === ROWS_A_TURN;
    let [pc4, code, after] = [from, letters, 0];
    let rows: PostcodeRow[] = [];
    const take = (page: PostcodeRow[]): readonly PostcodeRow[] => {
      rows = page;
      [after, pc4, code] = page.at(-1) ?? [after, pc4, code];
      return page;
    };
    if (letters !== null) {
      do yield take(inPostcode.all({ segment, pc4, letters, after }));
      while (isFull(rows));
      return;
    }
    yield take(inRange.all({ segment, from, to }));
    while (isFull(rows)) {
      do yield take(inPostcode.all({ segment, pc4, letters: code, after }));
      while (isFull(rows));
      yield take(inLetters.all({ segment, pc4, letters: code ?? '' }));
      if (!isFull(rows)) yield take(inRange.all({ segment, from: pc4 + 1, to }));
    }
  }

  return function* candidates(area) {
    const { near } = area;
    const found = new Set<ParticipantId>();
    const placesOf = new Map<ParticipantId, Coordinates[]>();
    const places = new Map<string, Coordinates | undefined>();
    const placeOf = (pc4: number, letters: string | null): Coordinates | undefined => {
      const key = `${pc4}${letters ?? ''}`;
      if (!places.has(key)) places.set(key, findPlace.get({ pc4, letters }));
      return places.get(key);
    };
    let read = 0;
    for (const stretch of stretchesOf(area, lastSegment.get() ?? 0)) {
      for (const rows of postcodesIn(stretch)) {
        read += QUERY_ROWS + rows.length;
        for (const [id, pc4, letters] of rows) {
          found.add(id);
          const at = near && placeOf(pc4, letters);
          if (!at) continue;
          const known = placesOf.get(id);
          if (!known) placesOf.set(id, [at]);
          else if (!known.includes(at)) known.push(at);
        }
        if (read >= ROWS_A_TURN) {
          read = 0;
          yield [];
        }
      }
    }
    const ids = Float64Array.from(found).sort();
    for (let from = 0; from < ids.length; from += ROWS_A_TURN) {
      const slice = candidatesOf(people.all(JSON.stringify([...ids.subarray(from, from + ROWS_A_TURN)])));
      yield near ? slice.map((one) => ({ ...one, places: placesOf.get(one.participantId) ?? [] })) : slice;
    }
  };
}

function stretchesOf({ parts }: Area, lastSegment: number): Stretch[] {
  const segments = Array.from({ length: lastSegment + 1 }, (_, segment) => segment);
  return segments.flatMap((segment) =>
    parts.map((part) =>
      part.type === 'range'
        ? { segment, from: part.from, to: part.to, letters: null }
        : { segment, from: part.pc4, to: part.pc4, letters: part.letters },
    ),
  );
}

/** Makes one candidate of each run of rows with the same participant. */
function candidatesOf(rows: readonly CandidateRow[]): Candidate[] {
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
