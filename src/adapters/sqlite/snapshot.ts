import { chmodSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { Problem } from '../../domain/problem.js';
import { orProblem } from './problems.js';

/**
 * Writes the database as it is at one instant to another file, while others go on reading and writing it. Nobody waits
 * for it (SQLite's VACUUM INTO in WAL mode). Throws `Problem` when it cannot be read, or the target is there already.
 */
export function snapshotDatabase(file: string, target: string): void {
  orProblem(() => {
    const sqlite = new BetterSqlite3(file, { fileMustExist: true });
    try {
      sqlite.prepare('VACUUM INTO ?').run(target);
      chmodSync(target, 0o600);
    } finally {
      sqlite.close();
    }
  });
}

/** Throws `Problem` unless the file is a database that is whole. */
export function demandWholeDatabase(file: string): void {
  orProblem(() => {
    const sqlite = new BetterSqlite3(file, { fileMustExist: true, readonly: true });
    try {
      const said = sqlite.pragma('quick_check', { simple: true });
      if (said !== 'ok') throw new Problem('unavailable', `the database ${file} is damaged: ${String(said)}`);
    } finally {
      sqlite.close();
    }
  });
}
