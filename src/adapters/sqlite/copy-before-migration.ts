import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { Problem } from '../../domain/problem.js';
import { appliedMigrations, readJournal, refuseUnknownMigrations } from './migrations.js';
import { asProblem } from './problems.js';
import { snapshotTo } from './snapshot.js';

/** The newest copies are kept, at most this many. */
const KEPT = 3;

/**
 * Copies a database that will be migrated. The copy is named after the first missing migration:
 * `burgernet.db.before-0021_name`. Throws `Problem` when the copy cannot be made, or when
 * `refuseUnknownMigrations` refuses the database. The database must not be migrated then.
 */
export function copyBeforeMigration(sqlite: BetterSqlite3.Database, file: string, migrationsFolder: string): void {
  const done = appliedMigrations(sqlite);
  const journal = readJournal(migrationsFolder);
  refuseUnknownMigrations(done, journal);
  const next = journal.find(({ when }) => !done.has(when));
  if (done.size === 0 || !next) return;
  const copy = `${file}.before-${next.tag}`;
  const making = `${copy}.making`;
  try {
    rmSync(making, { force: true });
    snapshotTo(sqlite, making);
    renameSync(making, copy);
  } catch (error) {
    rmSync(making, { force: true });
    const known = asProblem(error);
    const why = known instanceof Error ? known.message : String(known);
    throw new Problem(
      'unavailable',
      `the database needs a migration, but no copy of it can be made first (${copy}): ${why}`,
    );
  }
  deleteOldCopies(file);
}

function deleteOldCopies(file: string): void {
  const folder = dirname(file);
  const copies = readdirSync(folder)
    .filter((name) => name.startsWith(`${basename(file)}.before-`) && !name.endsWith('.making'))
    .map((name) => join(folder, name))
    .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const old of copies.slice(KEPT)) rmSync(old);
}
