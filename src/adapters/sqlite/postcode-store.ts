import type { PostcodeStore } from '../../ports/stores.js';
import type { Database } from './database.js';

/** The coordinates of postcodes. */
export function openPostcodeStore({ sqlite }: Database): PostcodeStore {
  const known = sqlite.prepare<[number, string], number>('SELECT 1 FROM postcode_place WHERE pc4 = ? AND letters = ?');
  const put = sqlite.prepare<[number, string, number, number]>(
    `INSERT INTO postcode_place (pc4, letters, lat, lon) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET lat = excluded.lat, lon = excluded.lon`,
  );
  const begin = sqlite.prepare('BEGIN IMMEDIATE');
  const commit = sqlite.prepare('COMMIT');
  const rollback = sqlite.prepare('ROLLBACK');

  return {
    importPlaces(places, { dryRun }) {
      begin.run();
      try {
        let updated = 0;
        for (const { postcode, lat, lon } of places) {
          const letters = postcode.letters ?? '';
          if (known.get(postcode.pc4, letters) !== undefined) updated++;
          put.run(postcode.pc4, letters, lat, lon);
        }
        (dryRun ? rollback : commit).run();
        return { imported: places.length - updated, updated };
      } finally {
        // Only after a throw. Some errors of SQLite end the transaction, others leave it open.
        if (sqlite.inTransaction) rollback.run();
      }
    },
  };
}
