import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { Problem } from '../../domain/problem.js';
import { asProblem } from './problems.js';

/** The right to use a data folder. */
export interface FolderLock {
  /** Safe to repeat. */
  release(): void;
}

/**
 * Locks the data folder for this process with an exclusive lock on `lock.db` in it. The operating system
 * releases the lock when the process dies, however it dies, so a crash never leaves a folder locked. Throws
 * `Problem('conflict')` when another service uses the folder.
 */
export function lockDataFolder(folder: string): FolderLock {
  const file = open(folder);
  try {
    // The open transaction holds the lock. Nothing is ever written, so there is nothing to recover.
    file.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    if (!isTaken(error)) throw asProblem(error);
    throw new Problem(
      'conflict',
      `another service uses the data folder ${folder}; stop it, or give this service a folder of its own`,
    );
  }
  return {
    release() {
      if (file.open) file.close();
    },
  };
}

function open(folder: string): BetterSqlite3.Database {
  try {
    return new BetterSqlite3(join(folder, 'lock.db'), { timeout: 0 });
  } catch (error) {
    // better-sqlite3 throws a TypeError when the folder does not exist.
    throw error instanceof TypeError ? new Problem('not_found', `there is no data folder ${folder}`) : asProblem(error);
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof BetterSqlite3.SqliteError && error.code.startsWith('SQLITE_BUSY');
}
