import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../src/adapters/sqlite/database.js';
import { openStores } from '../../src/adapters/sqlite/stores.js';
import { parsePostcode } from '../../src/domain/area.js';
import { parsePhoneNumber, type E164 } from '../../src/domain/phone-number.js';
import { JUST_CLOSED_MS } from '../../src/domain/routing.js';
import type { ImportRow, Stores } from '../../src/ports/stores.js';
import { quantile } from '../lib/quantiles.js';

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));
const CHUNK = 10_000;

/**
 * Number of running actions. Each has a centralist of its own, so that a tip for one action does not wait for
 * a tip for another.
 */
export const DESKS = 20;
/** Number of reached participants in each of these actions. */
export const REACHED_EACH = 20;
/** Postcode of the participants of one centralist's action. */
export const areaOf = (desk: number): string => `${8251 + desk}AB`;
/** Postcode of the participants that the dialer calls meanwhile. */
export const CALLED_AREA = '8290AB';
/** S is left out, because the letters SA, SD and SS are not in use. */
const LETTERS = 'ABCDEFGHJKLMNPRTVWXZ';
const letter = (index: number): string => LETTERS.charAt(index % LETTERS.length);
/** A postcode in which no action calls. */
const elsewhere = (index: number): string => `${1011 + (index % 6_000)}${letter(index)}${letter(index >> 5)}`;

/** Invented national numbers. The groups do not overlap. */
export const reachedNumber = (desk: number, person: number): string =>
  `0612${String(340_000 + desk * 1_000 + person).padStart(6, '0')}`;
export const calledNumber = (index: number): string => `0612${String(400_000 + index).padStart(6, '0')}`;
export const strangerNumber = (index: number): string => `0687${String(index).padStart(6, '0')}`;
/** Numbers of the millions of participants who are stored and never called. */
const storedNumber = (index: number): string => `061${String(5_000_000 + index).padStart(7, '0')}`;

function rowOf(phone: string, postcode: string, line: number): ImportRow {
  const [number, place] = [parsePhoneNumber(phone), parsePostcode(postcode)];
  if (!number.ok || !place.ok) throw new Error(`the benchmark invented an invalid participant: ${phone} ${postcode}`);
  return { line, name: null, language: 'nl', phones: [number.value], postcodes: [place.value] };
}

/**
 * Fills a new data folder with `stored` participants, the few to reach, and `called` participants for the
 * dialer.
 */
export function fillDatabase(dataDir: string, { stored, called }: { stored: number; called: number }): void {
  const stores = open(dataDir);
  const now = Date.now();
  const add = (rows: readonly ImportRow[]): void => void stores.participants.importRows(rows, { now, dryRun: false });
  try {
    for (let from = 0; from < stored; from += CHUNK) {
      const count = Math.min(CHUNK, stored - from);
      add(Array.from({ length: count }, (_, i) => rowOf(storedNumber(from + i), elsewhere(from + i), i + 1)));
    }
    for (let desk = 0; desk < DESKS; desk++) {
      add(Array.from({ length: REACHED_EACH }, (_, i) => rowOf(reachedNumber(desk, i), areaOf(desk), i + 1)));
    }
    for (let from = 0; from < called; from += CHUNK) {
      const count = Math.min(CHUNK, called - from);
      add(Array.from({ length: count }, (_, i) => rowOf(calledNumber(from + i), CALLED_AREA, i + 1)));
    }
  } finally {
    stores.close();
  }
}

function open(dataDir: string): Stores {
  return openStores(openDatabase(join(dataDir, 'burgernet.db'), { migrationsFolder: MIGRATIONS }));
}

/**
 * How long it takes to look up a caller and the actions that concern them, ms. Half of the numbers are
 * unknown.
 */
export interface LookUp {
  readonly times: number;
  readonly p50: number;
  readonly p99: number;
}

export function measureLookUp(dataDir: string, stored: number, times: number): LookUp {
  const stores = open(dataDir);
  try {
    const delays = Array.from({ length: times }, (_, i) => {
      // The numbers are far from one another, like those of real callers.
      const index = Math.floor(((i * 0.618_033_988_7) % 1) * stored);
      const parsed = parsePhoneNumber(i % 2 === 0 ? storedNumber(index) : strangerNumber(index % 1_000_000));
      const number = (parsed.ok ? parsed.value : '') as E164;
      const began = performance.now();
      stores.participants.byPhone(number);
      stores.actions.standings(number, { closedAfter: Date.now() - JUST_CLOSED_MS, simulated: false });
      return performance.now() - began;
    });
    return { times, p50: quantile(delays, 0.5) ?? 0, p99: quantile(delays, 0.99) ?? 0 };
  } finally {
    stores.close();
  }
}
