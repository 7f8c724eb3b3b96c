import type { Request } from 'express';
import { readRecord, type Delimiter } from '../../../../lib/csv-record.js';
import { plainCharacters } from '../../../../lib/plain-signs.js';
import { invalid } from '../../plain-issues.js';
import { tooLarge } from '../../route.js';
import { readHeader, separatorLine, type Layout, type TableShape } from './header.js';
import { readLines } from './lines.js';

/** One record of the file. */
export type TableRow<C extends string> = Readonly<Record<C, string>> & {
  /** Line in the file, from 1. The header is line 1, unless `sep=` or an empty line comes first. */
  readonly line: number;
  /** Why the line could not be read. */
  readonly problem?: string;
  /** The line is empty. */
  readonly blank?: true;
  /** The names of the columns in reasons for a rejection. */
  readonly labels: Readonly<Record<C, readonly string[]>>;
  /** Names of columns that are not read. */
  readonly ignored: readonly string[];
};

/** Separates the fields when several columns have one name. U+001F occurs in no field. */
export const FIELD_BREAK = '\x1f';

/** Most lines in one quoted field. In a longer field the opening quotation mark is taken for an error. */
const MAX_RECORD_LINES = 5;

/** The rows of an uploaded file as they come in. An unreadable line becomes a row with a `problem`. */
export function readTable<C extends string>(
  req: Request,
  maxBytes: number,
  shape: TableShape<C>,
): AsyncGenerator<TableRow<C>> {
  return readCsv(bytesOf(req, maxBytes), shape);
}

/**
 * Reads the request without destroying it at the end, because the response goes out on the same socket. When
 * the reader stops early, the rest of the body is read and thrown away, because the client would otherwise
 * never finish sending.
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
  let table: RowMaker<C> | undefined;
  let declared: Delimiter | undefined;
  let line = 0;
  /** Lines of a record whose quoted field is still open. */
  let open: string[] = [];
  for await (const lines of readLines(bytes)) {
    for (const text of lines) {
      line++;
      if (!table) {
        if (text.trim() === '') continue;
        declared ??= line === 1 ? separatorLine(text) : undefined;
        if (declared && line === 1) continue;
        table = new RowMaker(readHeader(text, shape, line, declared));
        continue;
      }
      if (open.length === 0 && text.trim() === '') {
        yield table.blank(line);
        continue;
      }
      open.push(text);
      const fields = readRecord(open.length === 1 ? text : open.join('\n'), table.delimiter);
      if (fields === 'open' && open.length < MAX_RECORD_LINES) continue;
      const first = line - open.length + 1;
      if (fields === 'open') yield* unclosed(open, table, first);
      else yield table.row(fields, first);
      open = [];
    }
  }
  if (!table)
    throw invalid([{ field: 'body', message: `is empty; the first line must be ${shape.columns.join(',')}` }]);
  yield* unclosed(open, table, line - open.length + 1);
}

/** The first line opens a quoted field that never closes. The lines after it are read one by one. */
function* unclosed<C extends string>(
  lines: readonly string[],
  table: RowMaker<C>,
  first: number,
): Generator<TableRow<C>> {
  for (const [index, text] of lines.entries()) {
    if (text.trim() === '') yield table.blank(first + index);
    else {
      const fields = readRecord(text, table.delimiter);
      yield table.row(fields === 'open' ? 'broken' : fields, first + index);
    }
  }
}

/** Makes rows from the fields of records. */
class RowMaker<C extends string> {
  readonly #labels: Readonly<Record<C, readonly string[]>>;

  constructor(private readonly layout: Layout<C>) {
    this.#labels = Object.fromEntries(
      layout.columns.map(([name, columns]) => [name, columns.map(({ label }) => label)]),
    ) as unknown as Record<C, readonly string[]>;
  }

  get delimiter(): Delimiter {
    return this.layout.delimiter;
  }

  blank(line: number): TableRow<C> {
    return this.#make(line, [], { blank: true });
  }

  row(fields: readonly string[] | 'broken', line: number): TableRow<C> {
    if (fields === 'broken')
      return this.#make(line, [], { problem: 'has a quotation mark that is not closed properly' });
    if (fields.every(isEmpty)) return this.blank(line);
    const problem = this.#unnamedField(fields);
    return this.#make(line, fields, problem === undefined ? PLAIN : { problem });
  }

  #make(line: number, fields: readonly string[], more: { blank?: true; problem?: string }): TableRow<C> {
    const row: Record<string, unknown> = { line, labels: this.#labels, ignored: this.layout.ignored };
    if (more !== PLAIN) Object.assign(row, more);
    for (const [name, columns] of this.layout.columns)
      row[name] =
        columns.length === 1
          ? (fields[columns[0]?.index ?? -1] ?? '')
          : columns.map(({ index }) => fields[index] ?? '').join(FIELD_BREAK);
    return row as unknown as TableRow<C>;
  }

  /** A filled field without a named column must not be lost silently, so the whole line is rejected. */
  #unnamedField(fields: readonly string[]): string | undefined {
    const { nameless, width } = this.layout;
    if (fields.length <= width && nameless.length === 0) return undefined;
    const beyond = fields.findIndex((field, index) => index >= width && !isEmpty(field));
    const index = beyond === -1 ? (nameless.find((one) => !isEmpty(fields[one] ?? '')) ?? -1) : beyond;
    if (index === -1) return undefined;
    const field = (fields[index] ?? '').slice(0, MAX_SHOWN);
    return index >= width
      ? `column ${index + 1}: '${field}' stands beyond the ${width} columns of the header`
      : `column ${index + 1}: '${field}' stands in a column without a name`;
  }
}

/** For rows without a flag. It is compared by identity, so nothing is copied for these rows. */
const PLAIN: { blank?: true; problem?: string } = {};

/** Most characters of a field in a reason. */
const MAX_SHOWN = 40;

/** Checks the first character first, because nearly every field begins with a visible ASCII character. */
const isEmpty = (field: string): boolean =>
  field === '' || (!/^[!-~]/.test(field) && plainCharacters(field).trim() === '');
