import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { Problem } from '../../domain/problem.js';
import { appliedMigrations, readJournal } from './migrations.js';
import { asProblem } from './problems.js';
import { snapshotTo } from './snapshot.js';

/** So many are kept, the newest. */
const KEPT = 3;

/**
 * Before a database with data is brought to another version: a copy of it as it is, `burgernet.db.before-0021_name` for the
 * first migration that it does not have. Throws `Problem` where none can be made: it is not migrated then.
 */
export function copyBeforeMigration(sqlite: BetterSqlite3.Database, file: string, migrationsFolder: string): void {
  const done = appliedMigrations(sqlite);
  const next = readJournal(migrationsFolder).find(({ when }) => !done.has(when));
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
      `the database must be brought to a new version, and no copy of it can be made before (${copy}): ${why}`,
    );
  }
  forgetOld(file);
}

function forgetOld(file: string): void {
  const folder = dirname(file);
  const copies = readdirSync(folder)
    .filter((name) => name.startsWith(`${basename(file)}.before-`) && !name.endsWith('.making'))
    .map((name) => join(folder, name))
    .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const old of copies.slice(KEPT)) rmSync(old);
}
