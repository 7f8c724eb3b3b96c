import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { Problem } from '../../domain/problem.js';

/** One migration as drizzle-kit notes it; `when` (ms UTC) decides whether it is applied. */
export interface JournalEntry {
  readonly when: number;
  readonly tag: string;
}

/** The migrations this program has, oldest first. */
export function readJournal(folder: string): readonly JournalEntry[] {
  const text = readFileSync(join(folder, 'meta', '_journal.json'), 'utf8');
  return (JSON.parse(text) as { entries: JournalEntry[] }).entries;
}

/** A value that cannot be read, or refers to a row that is not there. */
export interface BadValue {
  readonly table: string;
  readonly column: string;
  /** Of the row, or of the action that the row is about; null where the row has none. */
  readonly id: number | null;
}

/**
 * Applies every migration that is not applied yet, all or none. Throws `Problem('conflict')` when the database was
 * written by a newer program (it is left untouched), and an Error when a migration could not be applied cleanly.
 * Gives the references to nothing that were there before: a slip with a database tool is told of, and stops no
 * start.
 */
export function migrateDatabase(
  sqlite: BetterSqlite3.Database,
  orm: BetterSQLite3Database<Record<string, unknown>>,
  folder: string,
): readonly BadValue[] {
  const journal = readJournal(folder);
  const done = appliedMigrations(sqlite);
  refuseNewer(done, journal);
  const before = journal.every(({ when }) => done.has(when)) ? undefined : looseReferences(sqlite).length;
  // A migration that rebuilds a table drops the old one: with foreign keys on, that would delete what refers to it.
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

/** When each migration that the database has was made; none: it has none of our tables yet. */
export function appliedMigrations(sqlite: BetterSqlite3.Database): ReadonlySet<number> {
  const known = sqlite.prepare(`SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'`).get();
  if (known === undefined) return new Set();
  return new Set(sqlite.prepare<[], number>('SELECT created_at FROM __drizzle_migrations').pluck().all().map(Number));
}

/** Throws `Problem('conflict')` for a database that has a migration which this program does not know. */
export function refuseNewer(done: ReadonlySet<number>, journal: readonly JournalEntry[]): void {
  const own = new Set(journal.map((entry) => entry.when));
  const foreign = [...done].filter((when) => !own.has(when)).length;
  if (foreign === 0) return;
  throw new Problem(
    'conflict',
    `the database is newer than this program: it has ${foreign} migration(s) that this version does not know; ` +
      'install the version that made them, or restore a backup from before the upgrade',
  );
}

/** Drizzle skips, without a word, a migration whose time lies before the last one applied. */
function requireAll(done: ReadonlySet<number>, journal: readonly JournalEntry[]): void {
  const skipped = journal.filter((entry) => !done.has(entry.when)).map((entry) => entry.tag);
  if (skipped.length === 0) return;
  throw new Error(
    `migration ${skipped.join(', ')} was not applied: its time in the journal lies before one that was; ` +
      'give it a later time in migrations/meta/_journal.json',
  );
}
