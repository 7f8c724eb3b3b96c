import { Problem, type Parsed } from '../../domain/problem.js';
import type { ImportReport } from '../services.js';

/** Rows stored in one transaction: so few that an import does not delay calls in progress. */
const CHUNK = 2_000;
/** Rows checked in one turn of the event loop. */
const TURN = 1_000;
/**
 * Most reasons in the report. Further reasons of a file that is wrong throughout would only fill the memory.
 */
export const MOST_REASONS = 1_000;
/** An import stops when the first 5,000 rows are all refused, because the file is then not a register. */
const HOPELESS = 5_000;
/** An import also stops when 100,000 rows are refused, and more than 20 for each accepted row. */
const WRONG = 100_000;
const WRONG_SHARE = 20;
/** A reason may quote the file, but not all of it. */
const MAX_REASON = 300;

/** The common fields of a row of any import. */
export interface RawRow {
  readonly line: number;
  readonly problem?: string;
  readonly blank?: true;
  readonly ignored?: readonly string[];
}

/**
 * Stores the good rows chunk by chunk as they arrive. Between chunks other work gets a turn, so that calls
 * and requests go on during an import. When the source breaks off, the earlier chunks stay stored; a second
 * import of the same file does no harm. Throws `Problem('invalid')` for a file that is clearly not a
 * register.
 */
export async function importRows<R extends RawRow, T>(
  rows: Iterable<R> | AsyncIterable<R>,
  check: (row: R) => Parsed<T>,
  store: (chunk: readonly T[]) => { imported: number; updated: number },
): Promise<ImportReport> {
  const rejected: { line: number; reason: string }[] = [];
  let ignored: readonly string[] = [];
  let chunk: T[] = [];
  let [imported, updated, accepted, rejectedCount, blank, lines] = [0, 0, 0, 0, 0, 0];
  const flush = async (): Promise<void> => {
    const stored = store(chunk);
    imported += stored.imported;
    updated += stored.updated;
    chunk = [];
    await turn();
  };
  const reject = (line: number, reason: string): void => {
    rejectedCount++;
    if (rejected.length < MOST_REASONS) rejected.push({ line, reason: shortened(reason) });
    if (accepted === 0 && rejectedCount === HOPELESS) throw hopeless(rejected, lines, accepted);
    if (rejectedCount >= WRONG && rejectedCount > WRONG_SHARE * accepted) throw hopeless(rejected, lines, accepted);
  };
  for await (const raw of rows) {
    lines++;
    if (lines === 1) ignored = raw.ignored ?? [];
    if (lines % TURN === 0) await turn();
    if (raw.blank) {
      blank++;
      continue;
    }
    const row = raw.problem === undefined ? check(raw) : { ok: false as const, reason: raw.problem };
    if (!row.ok) {
      reject(raw.line, row.reason);
      continue;
    }
    accepted++;
    chunk.push(row.value);
    if (chunk.length === CHUNK) await flush();
  }
  if (chunk.length > 0) await flush();
  return { imported, updated, rejected, rejectedCount, blank, lines, ignoredColumns: [...ignored] };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const shortened = (reason: string): string => (reason.length > MAX_REASON ? `${reason.slice(0, MAX_REASON)}…` : reason);

function hopeless(rejected: readonly { line: number; reason: string }[], lines: number, accepted: number): Problem {
  const [first] = rejected;
  const share =
    accepted === 0
      ? `none of its first ${lines} lines can be imported, so nothing was stored`
      : `only ${accepted} of its first ${lines} lines can be imported`;
  const message = `${share}; line ${first?.line}: ${first?.reason}`;
  return new Problem('invalid', `this file is not understood: ${message}`, [{ field: 'body', message }]);
}
