import type { Request } from 'express';
import type { RawImportRow } from '../../../app/services.js';
import { Problem } from '../../../domain/problem.js';
import { invalid } from '../plain-issues.js';
import { tooLarge } from '../route.js';
import { readLines } from './csv-lines.js';
import { readRecord, type Delimiter } from './csv-record.js';

const COLUMNS = ['phone', 'postcode', 'name'] as const;
type Column = (typeof COLUMNS)[number];
const REQUIRED: readonly Column[] = ['phone', 'postcode'];

/** Lines that one quoted field may run on for: more, and the quote was never meant to be open. */
const MAX_RECORD_LINES = 5;

/** What the header says. */
interface Layout {
  readonly delimiter: Delimiter;
  readonly columns: Readonly<Record<Column, number>>;
}

/** The rows of an uploaded file as they come in. A line that cannot be read is a row with a `problem`. */
export function readImport(req: Request, maxBytes: number): AsyncGenerator<RawImportRow> {
  return readCsv(bytesOf(req, maxBytes));
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

export async function* readCsv(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<RawImportRow> {
  let layout: Layout | undefined;
  let line = 0;
  /** Lines of a record whose quoted field is still open. */
  let open: string[] = [];
  for await (const lines of readLines(bytes)) {
    for (const text of lines) {
      line++;
      if (open.length === 0 && text.trim() === '') continue;
      if (layout === undefined) {
        layout = readHeader(text);
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
    throw invalid([{ field: 'body', message: 'is empty; the first line must be phone,postcode,name' }]);
  yield* unclosed(open, layout, line - open.length + 1);
}

/** The first of these lines opens a quote that nothing closes; the lines after it are read by themselves. */
function* unclosed(lines: readonly string[], layout: Layout, first: number): Generator<RawImportRow> {
  for (const [index, text] of lines.entries()) {
    const fields = readRecord(text, layout.delimiter);
    yield rowOf(fields === 'open' ? 'broken' : fields, layout, first + index);
  }
}

function rowOf(fields: readonly string[] | 'broken', { columns }: Layout, line: number): RawImportRow {
  if (fields === 'broken') {
    return { line, phone: '', postcode: '', name: '', problem: 'has a quotation mark that is not closed properly' };
  }
  const field = (column: Column): string => fields[columns[column]] ?? '';
  return { line, phone: field('phone'), postcode: field('postcode'), name: field('name') };
}

function readHeader(text: string): Layout {
  const count = (delimiter: Delimiter): number => text.split(delimiter).length;
  const delimiter: Delimiter = count(';') > count(',') ? ';' : ',';
  const fields = readRecord(text, delimiter);
  const names = typeof fields === 'string' ? [] : fields.map((name) => name.toLowerCase());
  const missing = REQUIRED.filter((column) => !names.includes(column));
  if (missing.length > 0) {
    const message = `has no column ${missing.join(' and no column ')}; the first line must be phone,postcode,name`;
    throw new Problem('invalid', `the header ${message}`, [{ field: 'line 1', message }]);
  }
  const [phone, postcode, name] = COLUMNS.map((column) => names.indexOf(column));
  return { delimiter, columns: { phone: phone ?? -1, postcode: postcode ?? -1, name: name ?? -1 } };
}
