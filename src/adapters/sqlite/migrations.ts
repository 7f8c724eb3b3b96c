import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { Problem } from '../../domain/problem.js';

/** One migration in the journal of drizzle-kit. `when` (ms UTC) decides whether it is applied. */
export interface JournalEntry {
  readonly when: number;
  readonly tag: string;
}

/** The migrations of this program, oldest first. */
export function readJournal(folder: string): readonly JournalEntry[] {
  const text = readFileSync(join(folder, 'meta', '_journal.json'), 'utf8');
  return (JSON.parse(text) as { entries: JournalEntry[] }).entries;
}

/** A value that cannot be read, or that refers to a row that does not exist. */
export interface BadValue {
  readonly table: string;
  readonly column: string;
  /** Id of the row, or of the row's action; null when the row has no id. */
  readonly id: number | null;
}

/**
 * Applies every migration that the database does not have: all of them, or none. Returns the references to
 * missing rows that it found, because a mistake with a database tool must be reported but must not stop a
 * start.
 *
 * Throws `Problem('conflict')` when the database has a migration that this program does not know, and an
 * Error when a migration leaves new references to missing rows, or was skipped. The database is unchanged
 * after a `Problem`.
 */
export function migrateDatabase(
  sqlite: BetterSqlite3.Database,
  orm: BetterSQLite3Database<Record<string, unknown>>,
  folder: string,
): readonly BadValue[] {
  const journal = readJournal(folder);
  const done = appliedMigrations(sqlite);
  refuseUnknownMigrations(done, journal);
  const before = journal.every(({ when }) => done.has(when)) ? undefined : looseReferences(sqlite).length;
  // A migration that rebuilds a table drops the old one. With foreign keys on, that would delete the rows
  // that refer to it.
  sqlite.pragma('foreign_keys = OFF');
  migrate(orm, { migrationsFolder: folder });
  const loose = looseReferences(sqlite);
  if (before !== undefined && loose.length > before)
    throw new Error(
      `after migrating, ${loose.length - before} more rows refer to nothing, such as in ${loose[0]?.table}`,
    );
  sqlite.pragma('foreign_keys = ON');
  requireAll(appliedMigrations(sqlite), journal);
  return loose;
}

function looseReferences(sqlite: BetterSqlite3.Database): readonly BadValue[] {
  const found = sqlite.pragma('foreign_key_check') as { table: string; rowid: number | null; fkid: number }[];
  const columns = sqlite
    .prepare<[string, number], string>(
      'SELECT "from" FROM pragma_foreign_key_list(?) WHERE id = ? ORDER BY seq LIMIT 1',
    )
    .pluck();
  return found.map(({ table, rowid: id, fkid }) => ({ table, column: columns.get(table, fkid) ?? '', id }));
}

/** The `when` of each migration that the database has. Empty for a new database. */
export function appliedMigrations(sqlite: BetterSqlite3.Database): ReadonlySet<number> {
  const known = sqlite.prepare(`SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'`).get();
  if (known === undefined) return new Set();
  return new Set(sqlite.prepare<[], number>('SELECT created_at FROM __drizzle_migrations').pluck().all().map(Number));
}

/**
 * Throws `Problem('conflict')` for a database with a migration that this program does not know. A migration
 * that is older than the first in the journal comes from before 0.1.0, in which all migrations became one.
 */
export function refuseUnknownMigrations(done: ReadonlySet<number>, journal: readonly JournalEntry[]): void {
  const own = new Set(journal.map((entry) => entry.when));
  const unknown = [...done].filter((when) => !own.has(when));
  if (unknown.length === 0) return;
  const first = journal[0]?.when ?? 0;
  if (unknown.some((when) => when < first))
    throw new Problem(
      'conflict',
      'the database was made by a version from before 0.1.0, which this version cannot read; use an empty data folder ' +
        'and import the participants again, or go back to the version that made the database',
    );
  throw new Problem(
    'conflict',
    `the database is newer than this program: it has ${unknown.length} migration(s) that this version does not know; ` +
      'install the version that made them, or restore a backup from before the upgrade',
  );
}

/** Drizzle silently skips a migration that is older than the last one applied. */
function requireAll(done: ReadonlySet<number>, journal: readonly JournalEntry[]): void {
  const skipped = journal.filter((entry) => !done.has(entry.when)).map((entry) => entry.tag);
  if (skipped.length === 0) return;
  throw new Error(
    `migration ${skipped.join(', ')} was not applied: its time in the journal is before that of an applied one; ` +
      'give it a later time in migrations/meta/_journal.json',
  );
}
