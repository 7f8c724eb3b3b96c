import { chmodSync, closeSync, fsyncSync, openSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { Problem } from '../../domain/problem.js';
import { appliedMigrations, readJournal, refuseUnknownMigrations } from './migrations.js';
import { orProblem } from './problems.js';

/**
 * Copies the database, as it is at one instant, to another file. Readers and writers go on meanwhile without
 * waiting (SQLite's VACUUM INTO in WAL mode). Throws `Problem` when the database cannot be read, or when the
 * target exists.
 */
export function snapshotDatabase(file: string, target: string): void {
  orProblem(() => {
    const sqlite = new BetterSqlite3(file, { fileMustExist: true });
    try {
      snapshotTo(sqlite, target);
    } finally {
      sqlite.close();
    }
  });
}

/** The same as `snapshotDatabase`, for an open database. The copy is on disk when this returns. */
export function snapshotTo(sqlite: BetterSqlite3.Database, target: string): void {
  sqlite.prepare('VACUUM INTO ?').run(target);
  chmodSync(target, 0o600);
  const handle = openSync(target, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The facts about a database that a backup records. */
export interface DatabaseFacts {
  /** Tag of the last migration that the database has. */
  readonly version: string;
  /** Number of rows by table. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Reads the whole database. Throws `Problem` when it is damaged, not Burgernet's, or of a version that cannot
 * be read.
 */
export function inspectDatabase(file: string, migrationsFolder: string): DatabaseFacts {
  return orProblem(() => {
    const sqlite = new BetterSqlite3(file, { fileMustExist: true, readonly: true });
    try {
      const verdict = sqlite.pragma('integrity_check(1)', { simple: true });
      if (verdict !== 'ok') throw new Problem('unavailable', `the database ${file} is damaged: ${String(verdict)}`);
      const done = appliedMigrations(sqlite);
      if (done.size === 0)
        throw new Problem('unavailable', `the database ${file} is empty, or is not a database of Burgernet`);
      const journal = readJournal(migrationsFolder);
      refuseUnknownMigrations(done, journal);
      const names = sqlite
        .prepare<[], string>(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
        .pluck()
        .all();
      return {
        version: journal.findLast(({ when }) => done.has(when))?.tag ?? '',
        rows: Object.fromEntries(names.map((name) => [name, rowsOf(sqlite, name)])),
      };
    } finally {
      sqlite.close();
    }
  });
}

function rowsOf(sqlite: BetterSqlite3.Database, table: string): number {
  const count = sqlite
    .prepare<[], number>(`SELECT count(*) FROM "${table.replaceAll('"', '""')}"`)
    .pluck()
    .get();
  return count ?? 0;
}
