import BetterSqlite3 from 'better-sqlite3';
import { Problem } from '../../domain/problem.js';

/** What the operator is told, by SQLite's primary result code (https://sqlite.org/rescode.html). */
const SENTENCES: Readonly<Record<string, string>> = {
  SQLITE_BUSY: 'the database is locked by another program; close what else uses the data folder',
  SQLITE_LOCKED: 'the database is locked by another program; close what else uses the data folder',
  SQLITE_FULL: 'the disk of the data folder is full; make room, nothing can be stored until then',
  SQLITE_READONLY:
    'the database cannot be written; check who owns the data folder and whether its disk is mounted read-only',
  SQLITE_IOERR: 'the disk of the data folder cannot be read or written; check the disk and the system log',
  SQLITE_CANTOPEN: 'the database cannot be opened; check that the data folder exists and who owns it',
  SQLITE_CORRUPT: 'the database file is damaged; stop the service and restore the last backup',
  SQLITE_NOTADB: 'the database file is not a database; stop the service and restore the last backup',
};

/** `SQLITE_IOERR` for `SQLITE_IOERR_WRITE`: extended codes begin with their primary one. */
function primaryCode(code: string): string {
  return /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code;
}

/** The error as the inside knows it: trouble of the database becomes `Problem('unavailable')`, all else stays itself. */
export function asProblem(error: unknown): unknown {
  if (!(error instanceof BetterSqlite3.SqliteError)) return error;
  const sentence = SENTENCES[primaryCode(error.code)];
  if (sentence === undefined) return error;
  const problem = new Problem('unavailable', sentence);
  problem.cause = error;
  return problem;
}

/** Does the work; trouble of the database is thrown as `Problem('unavailable')`. */
export function orProblem<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asProblem(error);
  }
}

/**
 * The same store, each of whose methods throws trouble of the database as `Problem('unavailable')`; `onTrouble` is told
 * of it first.
 */
export function withProblems<S extends object>(store: S, onTrouble: (problem: Problem) => void = () => undefined): S {
  const orTold = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      const problem = asProblem(error);
      if (problem instanceof Problem && problem !== error) onTrouble(problem);
      throw problem;
    }
  };
  // What is read or written in slices fails in its slices.
  function* guarded(slices: Iterator<unknown>): Generator<unknown> {
    for (let next = orTold(() => slices.next()); next.done !== true; next = orTold(() => slices.next()))
      yield next.value;
  }
  const guard = ([name, member]: [string, unknown]): [string, unknown] => {
    if (typeof member !== 'function') return [name, member];
    const method = member as (...args: unknown[]) => unknown;
    return [
      name,
      (...args: unknown[]) => {
        const result = orTold(() => method(...args));
        return isGenerator(result) ? guarded(result) : result;
      },
    ];
  };
  return Object.fromEntries(Object.entries(store).map(guard)) as S;
}

const isGenerator = (value: unknown): value is Generator =>
  Object.prototype.toString.call(value) === '[object Generator]';

/** Whether the error says that a value which must be unique is there already. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof BetterSqlite3.SqliteError && error.code === 'SQLITE_CONSTRAINT_UNIQUE';
}
