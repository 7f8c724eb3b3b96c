import type { E164 } from '../../src/domain/phone-number.js';
import type { ControlRoom } from './control-room.js';

/** The number of person `n`. */
export const numberOf = (n: number): E164 => `+31612${String(n).padStart(6, '0')}` as E164;

/** Signs up this many people in postcode 8251 AB, each with one number. */
export function signUpMany(room: ControlRoom, people: number): void {
  const rows = Array.from({ length: people }, (_, n) => ({
    line: n + 2,
    name: null,
    language: 'nl' as const,
    phones: [numberOf(n)],
    postcodes: [{ pc4: 8251, letters: 'AB' }],
  }));
  room.stores.participants.importRows(rows, { now: 1, dryRun: false });
}
