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
  /** References to rows that did not exist when the database was opened. */
  readonly looseReferences: readonly BadValue[];
  /** Random; made once, when the database is created. */
  readonly instanceId: string;
  /** Random and secret; made once, when the database is created. Backups contain it. */
  readonly codeKey: string;
  /**
   * Commits without waiting for the disk, which takes 25 µs instead of 180. The commit survives a death of
   * the process at once, but a loss of power only after the next ordinary commit. For rows that are shown but
   * decide nothing.
   */
  readonly withoutSync: <T>(work: () => T) => T;
  /**
   * Runs the work in one transaction that does not wait for the disk. Another thread syncs the write-ahead
   * log soon after it (fdatasync; see `Syncer`), and from then on the transaction survives a loss of power.
   * Inside another transaction, the work becomes part of that transaction.
   */
  readonly together: <T>(work: () => T) => T;
  /**
   * Does the work after the commit of the current transaction, or at once outside a transaction. A rollback
   * drops it.
   */
  readonly afterCommit: (work: () => void) => void;
  /** Tests with a write whether the database can be written now. */
  writable(): boolean;
  /**
   * Notes that a statement failed for lack of a lock or of disk space. Until a write succeeds, no statement
   * waits for a lock.
   */
  noteFailure(error: unknown): void;
  /**
   * Why the database cannot be written; empty when it can. After a failure, this writes as much as one call
   * stores, to test whether writes succeed again.
   */
  blockedBy(): string;
  /** Calls the listener when writes have begun to fail, after the work that noticed the failure has ended. */
  onBlocked(listener: () => void): () => void;
  /** Safe to repeat. */
  close(): void;
}

export interface DatabaseOptions {
  /** Folder with the SQL of every version and `meta/_journal.json`. */
  readonly migrationsFolder: string;
  /** Name of a new installation; random when absent. Ignored when the database already has a name. */
  readonly instance?: string;
  /** False when the database is itself a copy: no copy is made before migrating. Default true. */
  readonly copyBeforeMigration?: boolean;
  /** Called when the disk did not confirm what was written, once until it does. */
  readonly onSyncFailed?: (error: Error) => void;
}

/**
 * How long a statement waits for a lock, in ms. Every call stands still during the wait, because the driver
 * is synchronous. One controller owns the folder, so only a person with a database tool can hold a lock. Two
 * seconds are enough for a copy or a checkpoint on a slow disk, and a caller hears no more than a pause.
 */
const BUSY_TIMEOUT_MS = 2_000;
/**
 * The timeout once a statement has waited in vain. Live calls must go on, and `DurableWrites` stores their
 * results later.
 */
const BLOCKED_TIMEOUT_MS = 5;

/**
 * Bytes that one call stores. An update in place may still succeed on a full disk, so with a smaller test
 * calls would begin whose outcomes could not be stored.
 */
const CALL_BYTES = 64 * 1024;

const NOT_CONFIRMED = 'the disk of the data folder did not confirm what was written; check the disk and the system log';

/** Memory for pages, in KiB. A search for a number among millions then seldom reads the disk. */
const CACHE_KIB = 48 * 1024;

/**
 * Pages in the write-ahead log before a checkpoint: 16 MB, so that an import writes each page once, not once
 * a chunk.
 */
const CHECKPOINT_PAGES = 4_000;

/**
 * Opens the database file (`:memory:` for a database without a file) and applies every migration that the
 * database does not have. Throws `Problem('conflict')` when the database is newer than the program or older
 * than its first migration, and `Problem('unavailable')` when the database cannot be opened or written.
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

/**
 * Creates the file when it is missing. Only its owner may read it, because it contains telephone numbers.
 * SQLite gives the files beside it the same mode.
 */
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
  // Deleted personal data is overwritten on disk.
  sqlite.pragma('secure_delete = FAST');
  const orm = drizzle(sqlite, { schema });
  if (file !== ':memory:' && options.copyBeforeMigration !== false)
    copyBeforeMigration(sqlite, file, options.migrationsFolder);
  const looseReferences = migrateDatabase(sqlite, orm, options.migrationsFolder);
  const instanceId = factOf(sqlite, 'instance_id', options.instance ?? randomBytes(4).toString('hex'));
  const codeKey = factOf(sqlite, 'code_key', randomBytes(32).toString('base64url'));
  const touch = sqlite.prepare(`UPDATE meta SET value = value WHERE key = 'instance_id'`);
  const takeSpace = sqlite.prepare<[number]>(
    `INSERT INTO meta (key, value) VALUES ('room', hex(zeroblob(?))) ON CONFLICT DO UPDATE SET value = excluded.value`,
  );
  const returnSpace = sqlite.prepare(`DELETE FROM meta WHERE key = 'room'`);
  let blockedBy = '';
  const blocked = new Emitter<undefined>();
  const withoutSync = <T>(work: () => T): T => {
    // SQLite refuses this change inside a transaction. Inside one, the outer transaction decides.
    if (sqlite.inTransaction) return work();
    // `exec` is cheaper than `pragma()`, which reads an answer, and this runs several times in each call.
    sqlite.exec('PRAGMA synchronous = NORMAL');
    try {
      return work();
    } finally {
      sqlite.exec('PRAGMA synchronous = FULL');
    }
  };
  const transaction = sqlite.transaction((work: () => unknown) => work());
  let waiting: (() => void)[] | undefined;
  const noteFailure = (error: unknown): void => {
    const before = blockedBy;
    blockedBy = error instanceof Error ? error.message : String(error);
    if (before !== '' || !sqlite.open) return;
    sqlite.pragma(`busy_timeout = ${BLOCKED_TIMEOUT_MS}`);
    setImmediate(() => {
      blocked.emit(undefined);
    });
  };
  let isUnsynced = false;
  const syncer = new Syncer(sqlite, (error) => {
    if (!isUnsynced) options.onSyncFailed?.(error);
    isUnsynced = true;
    noteFailure(new Problem('unavailable', NOT_CONFIRMED));
  });
  const writable = (): boolean => {
    try {
      if (blockedBy === '') touch.run();
      else {
        takeSpace.run(CALL_BYTES / 2);
        returnSpace.run();
      }
      if (isUnsynced) {
        // Writes everything once more, to another place: a second sync of the log would prove nothing.
        // While a backup reads an older state, a part is left for the next time.
        isUnsynced = sqlite.pragma('wal_checkpoint(FULL)', { simple: true }) !== 0;
      }
      return true;
    } catch (error) {
      noteFailure(asProblem(error));
      return false;
    }
  };
  return {
    sqlite,
    orm,
    looseReferences,
    instanceId,
    codeKey,
    withoutSync,
    together: (work) => {
      if (sqlite.inTransaction) return work();
      const callbacks: (() => void)[] = (waiting = []);
      let result: ReturnType<typeof work>;
      try {
        result = withoutSync(() => transaction.immediate(work)) as ReturnType<typeof work>;
      } finally {
        waiting = undefined;
      }
      syncer.soon();
      for (const callback of callbacks) callback();
      return result;
    },
    afterCommit: (work) => {
      if (waiting) waiting.push(work);
      else work();
    },
    writable,
    noteFailure,
    onBlocked: (listener) => blocked.on(listener),
    blockedBy() {
      if (blockedBy !== '' && writable()) {
        blockedBy = '';
        sqlite.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
      }
      return blockedBy;
    },
    close() {
      if (!sqlite.open) return;
      syncer.close();
      emptyLog(sqlite);
      sqlite.close();
    },
  };
}

/**
 * Moves the write-ahead log into the file. On a full or read-only disk this fails, and the next process that
 * opens the database does it.
 */
function emptyLog(sqlite: Sqlite): void {
  try {
    sqlite.pragma('optimize');
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    if (!(error instanceof BetterSqlite3.SqliteError)) throw error;
  }
}

/** The stored value of a key that is written once. Stores `wanted` when the key has no value yet. */
function factOf(sqlite: Sqlite, key: string, wanted: string): string {
  sqlite
    .prepare<[string, string]>('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING')
    .run(key, wanted);
  return sqlite.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck().get(key) ?? wanted;
}
