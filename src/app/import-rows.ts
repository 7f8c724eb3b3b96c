import type { Parsed } from '../domain/problem.js';
import type { ImportReport } from './services.js';

/** Rows stored in one transaction: few enough that calls in progress notice nothing of an import. */
const CHUNK = 2_000;

/**
 * Stores the good rows chunk by chunk, as they come in, and lets everything else have its turn between chunks: telephone
 * calls go on during an import. A source that breaks off leaves the chunks before it stored; importing again is harmless.
 */
export async function importRows<R extends { readonly line: number; readonly problem?: string }, T>(
  rows: Iterable<R> | AsyncIterable<R>,
  check: (row: R) => Parsed<T>,
  store: (chunk: readonly T[]) => { imported: number; updated: number },
): Promise<ImportReport> {
  const rejected: { line: number; reason: string }[] = [];
  let chunk: T[] = [];
  let imported = 0;
  let updated = 0;
  const flush = async (): Promise<void> => {
    const stored = store(chunk);
    imported += stored.imported;
    updated += stored.updated;
    chunk = [];
    await new Promise((resolve) => setImmediate(resolve));
  };
  for await (const raw of rows) {
    if (raw.problem !== undefined) {
      rejected.push({ line: raw.line, reason: raw.problem });
      continue;
    }
    const row = check(raw);
    if (row.ok) chunk.push(row.value);
    else rejected.push({ line: raw.line, reason: row.reason });
    if (chunk.length === CHUNK) await flush();
  }
  if (chunk.length > 0) await flush();
  return { imported, updated, rejected };
}
