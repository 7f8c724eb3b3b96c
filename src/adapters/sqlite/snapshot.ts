import { chmodSync, closeSync, fsyncSync, openSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { Problem } from '../../domain/problem.js';
import { appliedMigrations, readJournal, refuseNewer } from './migrations.js';
import { orProblem } from './problems.js';

/**
 * Writes the database as it is at one instant to another file, while others go on reading and writing it. Nobody waits
 * for it (SQLite's VACUUM INTO in WAL mode). Throws `Problem` when it cannot be read, or the target is there already.
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

/** The same of a database that is open; the copy is on disk afterwards. */
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

/** What a backup says of its database. */
export interface DatabaseFacts {
  /** The last migration that it has. */
  readonly version: string;
  /** How many rows each table has. */
  readonly rows: Readonly<Record<string, number>>;
}

/** Reads the whole database. Throws `Problem` unless it is whole, one of ours, and no newer than this program. */
export function inspectDatabase(file: string, migrationsFolder: string): DatabaseFacts {
  return orProblem(() => {
    const sqlite = new BetterSqlite3(file, { fileMustExist: true, readonly: true });
    try {
      const said = sqlite.pragma('integrity_check(1)', { simple: true });
      if (said !== 'ok') throw new Problem('unavailable', `the database ${file} is damaged: ${String(said)}`);
      const done = appliedMigrations(sqlite);
      if (done.size === 0) throw new Problem('unavailable', `the database ${file} is empty, or none of Burgernet`);
      const journal = readJournal(migrationsFolder);
      refuseNewer(done, journal);
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
