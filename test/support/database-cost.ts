import BetterSqlite3 from 'better-sqlite3';

/** The statements run, and the rows read by them. */
export interface Cost {
  statements: number;
  rows: number;
}

type Method = 'all' | 'get' | 'run';
type Methods = Record<Method, (...args: never[]) => unknown>;

/**
 * Runs the work. Calls the listener for every statement on any database, with the numbers of rows read and
 * written.
 */
async function watched(work: () => unknown, onStatement: (read: number, written: number) => void): Promise<void> {
  const database = new BetterSqlite3(':memory:');
  const prototype = Object.getPrototypeOf(database.prepare('SELECT 1')) as Methods;
  database.close();
  const before: Methods = { all: prototype.all, get: prototype.get, run: prototype.run };
  for (const method of ['all', 'get', 'run'] as const) {
    prototype[method] = function (this: unknown, ...args: never[]): unknown {
      const result = before[method].apply(this, args);
      const written = method === 'run' ? (result as { changes: number }).changes : 0;
      onStatement(method === 'all' && Array.isArray(result) ? result.length : 0, written);
      return result;
    };
  }
  try {
    await work();
  } finally {
    Object.assign(prototype, before);
  }
}

/** Counts all statements on all databases during the work. */
export async function costOf(work: () => unknown): Promise<Cost> {
  const cost: Cost = { statements: 0, rows: 0 };
  await watched(work, (read) => {
    cost.statements++;
    cost.rows += read;
  });
  return cost;
}

/**
 * The number of turns of the event loop that the work took, and the most rows read and written in one turn.
 */
export async function costByTurn(work: () => unknown): Promise<{ turns: number; mostRows: number }> {
  const cost = { turns: 1, mostRows: 0 };
  let rows = 0;
  let next: NodeJS.Immediate;
  const count = (): void => {
    cost.turns++;
    rows = 0;
    next = setImmediate(count);
  };
  next = setImmediate(count);
  try {
    await watched(work, (read, written) => {
      rows += read + written;
      cost.mostRows = Math.max(cost.mostRows, rows);
    });
  } finally {
    clearImmediate(next);
  }
  return cost;
}
