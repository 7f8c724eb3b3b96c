import BetterSqlite3 from 'better-sqlite3';
import { Problem } from '../../domain/problem.js';

/**
 * A sentence for the administrator for each of SQLite's primary result codes
 * (https://sqlite.org/rescode.html).
 */
const SENTENCES: Readonly<Record<string, string>> = {
  SQLITE_BUSY: 'the database is locked by another program; close every other program that uses the data folder',
  SQLITE_LOCKED: 'the database is locked by another program; close every other program that uses the data folder',
  SQLITE_FULL: 'the disk of the data folder is full; make room, nothing can be stored until then',
  SQLITE_READONLY:
    'the database cannot be written; check who owns the data folder and whether its disk is mounted read-only',
  SQLITE_IOERR: 'the disk of the data folder cannot be read or written; check the disk and the system log',
  SQLITE_CANTOPEN: 'the database cannot be opened; check that the data folder exists and who owns it',
  SQLITE_CORRUPT: 'the database file is damaged; stop the service and restore the last backup',
  SQLITE_NOTADB: 'the database file is not a database; stop the service and restore the last backup',
};

/** `SQLITE_IOERR` for `SQLITE_IOERR_WRITE`: an extended code begins with its primary code. */
function primaryCode(code: string): string {
  return /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code;
}

/** An error of the database as `Problem('unavailable')`; any other error unchanged. */
export function asProblem(error: unknown): unknown {
  if (!(error instanceof BetterSqlite3.SqliteError)) return error;
  const sentence = SENTENCES[primaryCode(error.code)];
  if (sentence === undefined) return error;
  const problem = new Problem('unavailable', sentence);
  problem.cause = error;
  return problem;
}

/** Runs the work. Throws an error of the database as `Problem('unavailable')`. */
export function orProblem<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asProblem(error);
  }
}

/**
 * The same store with methods that throw an error of the database as `Problem('unavailable')`, after calling
 * `onFailure`.
 */
export function withProblems<S extends object>(store: S, onFailure: (problem: Problem) => void = () => undefined): S {
  const reporting = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      const problem = asProblem(error);
      if (problem instanceof Problem && problem !== error) onFailure(problem);
      throw problem;
    }
  };
  // A generator reads or writes only when its next slice is asked for, so errors appear there.
  function* slicesOf(slices: Iterator<unknown>): Generator<unknown> {
    for (let next = reporting(() => slices.next()); next.done !== true; next = reporting(() => slices.next()))
      yield next.value;
  }
  const wrap = ([name, member]: [string, unknown]): [string, unknown] => {
    if (typeof member !== 'function') return [name, member];
    const method = member as (...args: unknown[]) => unknown;
    return [
      name,
      (...args: unknown[]) => {
        const result = reporting(() => method(...args));
        return isGenerator(result) ? slicesOf(result) : result;
      },
    ];
  };
  return Object.fromEntries(Object.entries(store).map(wrap)) as S;
}

const isGenerator = (value: unknown): value is Generator =>
  Object.prototype.toString.call(value) === '[object Generator]';

/** Whether a value that must be unique already exists. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof BetterSqlite3.SqliteError && error.code === 'SQLITE_CONSTRAINT_UNIQUE';
}
