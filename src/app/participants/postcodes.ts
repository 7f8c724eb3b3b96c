import { parsePostcode } from '../../domain/area.js';
import { parseCoordinates } from '../../domain/coordinates.js';
import { parsed, refused, type Parsed } from '../../domain/problem.js';
import type { PostcodePlace, PostcodeStore } from '../../ports/stores.js';
import { importRows } from './import-rows.js';
import type { Postcodes, RawPostcodeRow } from '../services.js';

/** Imports files with the places of postcodes. */
export function createPostcodes({ store }: { store: PostcodeStore }): Postcodes {
  return {
    importRows: (rows, { dryRun }) => importRows(rows, checkRow, (chunk) => store.importPlaces(chunk, { dryRun })),
  };
}

function checkRow({ postcode, lat, lon }: RawPostcodeRow): Parsed<PostcodePlace> {
  const read = parsePostcode(postcode);
  if (!read.ok) return refused(`postcode: ${read.reason}`);
  const place = parseCoordinates(lat, lon);
  return place.ok ? parsed({ postcode: read.value, ...place.value }) : place;
}
