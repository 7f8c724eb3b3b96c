import type { Request } from 'express';
import { Problem } from '../../../domain/problem.js';
import { invalid } from '../plain-issues.js';
import { tooLarge } from '../route.js';
import { readLines } from './csv-lines.js';
import { readRecord, type Delimiter } from './csv-record.js';

/** The columns of a file by name, in any order in the file; other columns are passed over. */
export interface TableShape<C extends string> {
  readonly columns: readonly C[];
  /** Those that must be there; the others may be missing, which is as if they were empty. */
  readonly required: readonly C[];
}

/** One line of a file as it stands there. */
export type TableRow<C extends string> = Readonly<Record<C, string>> & {
  /** Line in the file; the header is line 1. */
  readonly line: number;
  /** Why the line could not be read at all. */
  readonly problem?: string;
};

/** Lines that one quoted field may run on for: more, and the quote was never meant to be open. */
const MAX_RECORD_LINES = 5;

/** What the header says. */
interface Layout<C extends string> {
  readonly delimiter: Delimiter;
  /** Each column, and which field of a line it is; -1 for one that is missing. */
  readonly columns: readonly (readonly [name: C, index: number])[];
}

/** The rows of an uploaded file as they come in. A line that cannot be read is a row with a `problem`. */
export function readTable<C extends string>(
  req: Request,
  maxBytes: number,
  shape: TableShape<C>,
): AsyncGenerator<TableRow<C>> {
  return readCsv(bytesOf(req, maxBytes), shape);
}

/**
 * Reads the request without destroying it at the end: an answer must still go out on its socket. What is left when the
 * reader has had enough is let run empty, or the client would wait for ever to get rid of it.
 */
async function* bytesOf(req: Request, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const chunk of req.iterator({ destroyOnReturn: false })) {
      const bytes = chunk as Uint8Array;
      size += bytes.byteLength;
      if (size > maxBytes) throw tooLarge(maxBytes);
      yield bytes;
    }
  } finally {
    if (!req.readableEnded) req.resume();
  }
}

async function* readCsv<C extends string>(
  bytes: AsyncIterable<Uint8Array>,
  shape: TableShape<C>,
): AsyncGenerator<TableRow<C>> {
  let layout: Layout<C> | undefined;
  let line = 0;
  /** Lines of a record whose quoted field is still open. */
  let open: string[] = [];
  for await (const lines of readLines(bytes)) {
    for (const text of lines) {
      line++;
      if (open.length === 0 && text.trim() === '') continue;
      if (layout === undefined) {
        layout = readHeader(text, shape);
        continue;
      }
      open.push(text);
      const fields = readRecord(open.join('\n'), layout.delimiter);
      if (fields === 'open' && open.length < MAX_RECORD_LINES) continue;
      const first = line - open.length + 1;
      if (fields !== 'open') {
        if (fields === 'broken' || fields.some((field) => field !== '')) yield rowOf(fields, layout, first);
        open = [];
        continue;
      }
      yield* unclosed(open, layout, first);
      open = [];
    }
  }
  if (layout === undefined)
    throw invalid([{ field: 'body', message: `is empty; the first line must be ${shape.columns.join(',')}` }]);
  yield* unclosed(open, layout, line - open.length + 1);
}

/** The first of these lines opens a quote that nothing closes; the lines after it are read by themselves. */
function* unclosed<C extends string>(
  lines: readonly string[],
  layout: Layout<C>,
  first: number,
): Generator<TableRow<C>> {
  for (const [index, text] of lines.entries()) {
    const fields = readRecord(text, layout.delimiter);
    yield rowOf(fields === 'open' ? 'broken' : fields, layout, first + index);
  }
}

function rowOf<C extends string>(
  fields: readonly string[] | 'broken',
  { columns }: Layout<C>,
  line: number,
): TableRow<C> {
  const broken = fields === 'broken';
  const row: Record<string, string | number> = { line };
  for (const [name, index] of columns) row[name] = broken ? '' : (fields[index] ?? '');
  if (broken) row['problem'] = 'has a quotation mark that is not closed properly';
  return row as unknown as TableRow<C>;
}

function readHeader<C extends string>(text: string, { columns, required }: TableShape<C>): Layout<C> {
  const count = (delimiter: Delimiter): number => text.split(delimiter).length;
  const delimiter: Delimiter = count(';') > count(',') ? ';' : ',';
  const fields = readRecord(text, delimiter);
  const names = typeof fields === 'string' ? [] : fields.map((name) => name.toLowerCase());
  const missing = required.filter((column) => !names.includes(column));
  if (missing.length > 0) {
    const message = `has no column ${missing.join(' and no column ')}; the first line must be ${columns.join(',')}`;
    throw new Problem('invalid', `the header ${message}`, [{ field: 'line 1', message }]);
  }
  return { delimiter, columns: columns.map((column) => [column, names.indexOf(column)]) };
}
