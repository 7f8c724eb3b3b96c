import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { Problem } from '../../domain/problem.js';
import { Emitter } from '../../lib/emitter.js';
import { Syncer } from './syncer.js';
import { copyBeforeMigration } from './copy-before-migration.js';
import { migrateDatabase, type BadValue } from './migrations.js';
import { asProblem, orProblem } from './problems.js';
import * as schema from './schema.js';

export type Sqlite = BetterSqlite3.Database;
export type Orm = BetterSQLite3Database<typeof schema>;

/** An open database with all migrations applied. */
export interface Database {
  /** For hot paths: prepared statements. */
  readonly sqlite: Sqlite;
  /** For ordinary queries, on the same connection. */
  readonly orm: Orm;
  /** What referred to nothing when it was opened. */
  readonly looseReferences: readonly BadValue[];
  /** Random, made once for this database. */
  readonly instanceId: string;
  /** Random and secret, made once for this database; stays with its backups. */
  readonly codeKey: string;
  /**
   * Commits without waiting for the disk (180 µs down to 25): at once safe from the death of the process, and from loss
   * of power with the next ordinary commit. For rows that are looked at but decide nothing.
   */
  readonly unhurried: <T>(work: () => T) => T;
  /**
   * Does the work in one transaction that does not wait for the disk; the disk is told to take it in at once, beside
   * whatever else is done (fdatasync of the write-ahead log, in another thread): safe from loss of power within
   * milliseconds. Inside another transaction it is part of that one.
   */
  readonly together: <T>(work: () => T) => T;
  /** Does this once what is being stored is stored, at once outside a transaction; never when the transaction is taken back. */
  readonly afterCommit: (work: () => void) => void;
  /** Whether it can be written now: writes. */
  writable(): boolean;
  /** Notes that a statement failed for want of a lock or of room: no other waits until the database can be written again. */
  noteTrouble(error: unknown): void;
  /** Why it cannot be written; empty when all is well. Tries again where there was trouble, with as much as a call stores. */
  trouble(): string;
  /** Calls back when trouble has begun, once whatever found it out is over. */
  onTrouble(listener: () => void): () => void;
  /** Safe to repeat. */
  close(): void;
}

export interface DatabaseOptions {
  /** Folder with the SQL of every version and `meta/_journal.json`. */
  readonly migrationsFolder: string;
  /** Name of a new installation; random when absent. Ignored when the database has one. */
  readonly instance?: string;
  /** False: no copy is made before it is brought to another version, for it is a copy itself. */
  readonly copyBeforeMigration?: boolean;
}

/**
 * How long a statement waits for somebody else's lock, in ms. The wait stops every call with it (the driver is
 * synchronous), and one controller owns the folder: only a person with a database tool can hold a lock. Two seconds
 * outlive a copy or a checkpoint on a slow disk; telephones notice less than that as a pause.
 */
const BUSY_TIMEOUT_MS = 2_000;
/** Once one has waited in vain, the others do not: live calls are served, and what cannot be stored is kept for later. */
const TROUBLED_TIMEOUT_MS = 5;

/**
 * As much as a call stores, in bytes. A row that is written in its place may still find room where nothing else does: calls
 * would begin, and their outcomes could not be stored.
 */
const CALL_BYTES = 64 * 1024;

/** Memory for pages, in KiB: enough that looking up a number among millions seldom goes to the disk. */
const CACHE_KIB = 48 * 1024;

/** Pages in the write-ahead log before they are moved to the database: 16 MB, so that an import moves a page once, not at each chunk. */
const CHECKPOINT_PAGES = 4_000;

/**
 * Opens the database file (`:memory:` for none) and brings it to the version of this program.
 * Throws `Problem('conflict')` when the database is newer than the program, `Problem('unavailable')` when it cannot be
 * opened or written.
 */
export function openDatabase(file: string, options: DatabaseOptions): Database {
  return orProblem(() => {
    if (file !== ':memory:') createPrivate(file);
    const sqlite = new BetterSqlite3(file, { timeout: BUSY_TIMEOUT_MS });
    try {
      return prepare(sqlite, file, options);
    } catch (error) {
      sqlite.close();
      throw error;
    }
  });
}

/** Makes the file where there is none, for its owner's eyes only: it holds numbers of people. SQLite's side files copy its mode. */
function createPrivate(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch (error) {
    throw new Problem(
      'unavailable',
      `the database cannot be opened: ${error instanceof Error ? error.message : 'unknown'}`,
    );
  }
}

function prepare(sqlite: Sqlite, file: string, options: DatabaseOptions): Database {
  sqlite.pragma('journal_mode = WAL');
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma(`cache_size = -${CACHE_KIB}`);
  sqlite.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  // Deleted personal data is overwritten, not just forgotten.
  sqlite.pragma('secure_delete = FAST');
  const orm = drizzle(sqlite, { schema });
  if (file !== ':memory:' && options.copyBeforeMigration !== false)
    copyBeforeMigration(sqlite, file, options.migrationsFolder);
  const looseReferences = migrateDatabase(sqlite, orm, options.migrationsFolder);
  const instanceId = factOf(sqlite, 'instance_id', options.instance ?? randomBytes(4).toString('hex'));
  const codeKey = factOf(sqlite, 'code_key', randomBytes(32).toString('base64url'));
  const touch = sqlite.prepare(`UPDATE meta SET value = value WHERE key = 'instance_id'`);
  const claim = sqlite.prepare<[number]>(
    `INSERT INTO meta (key, value) VALUES ('room', hex(zeroblob(?))) ON CONFLICT DO UPDATE SET value = excluded.value`,
  );
  const giveBack = sqlite.prepare(`DELETE FROM meta WHERE key = 'room'`);
  let trouble = '';
  const troubled = new Emitter<undefined>();
  const syncer = new Syncer(sqlite);
  const unhurried = <T>(work: () => T): T => {
    // SQLite refuses the change inside a transaction; the outer one decides then.
    if (sqlite.inTransaction) return work();
    // Not by `pragma()`, which looks for an answer: these are done a few times in each call.
    sqlite.exec('PRAGMA synchronous = NORMAL');
    try {
      return work();
    } finally {
      sqlite.exec('PRAGMA synchronous = FULL');
    }
  };
  const transaction = sqlite.transaction((work: () => unknown) => work());
  let held: (() => void)[] | undefined;
  const noteTrouble = (error: unknown): void => {
    const before = trouble;
    trouble = error instanceof Error ? error.message : String(error);
    if (before !== '' || !sqlite.open) return;
    sqlite.pragma(`busy_timeout = ${TROUBLED_TIMEOUT_MS}`);
    setImmediate(() => {
      troubled.emit(undefined);
    });
  };
  const writable = (): boolean => {
    try {
      if (trouble === '') touch.run();
      else {
        claim.run(CALL_BYTES / 2);
        giveBack.run();
      }
      return true;
    } catch (error) {
      noteTrouble(asProblem(error));
      return false;
    }
  };
  return {
    sqlite,
    orm,
    looseReferences,
    instanceId,
    codeKey,
    unhurried,
    together: (work) => {
      if (sqlite.inTransaction) return work();
      const after: (() => void)[] = (held = []);
      let result: ReturnType<typeof work>;
      try {
        result = unhurried(() => transaction.immediate(work)) as ReturnType<typeof work>;
      } finally {
        held = undefined;
      }
      syncer.soon();
      for (const one of after) one();
      return result;
    },
    afterCommit: (work) => {
      if (held) held.push(work);
      else work();
    },
    writable,
    noteTrouble,
    onTrouble: (listener) => troubled.on(listener),
    trouble() {
      if (trouble !== '' && writable()) {
        trouble = '';
        sqlite.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
      }
      return trouble;
    },
    close() {
      if (!sqlite.open) return;
      syncer.close();
      tidy(sqlite);
      sqlite.close();
    },
  };
}

/** Leaves a file without a log beside it. On a full or read-only disk it cannot: the log is then taken in at the next opening. */
function tidy(sqlite: Sqlite): void {
  try {
    sqlite.pragma('optimize');
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    if (!(error instanceof BetterSqlite3.SqliteError)) throw error;
  }
}

/** A fact about this database that is decided once: what it is, or from now on what is `wanted`. */
function factOf(sqlite: Sqlite, key: string, wanted: string): string {
  sqlite
    .prepare<[string, string]>('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING')
    .run(key, wanted);
  return sqlite.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck().get(key) ?? wanted;
}
