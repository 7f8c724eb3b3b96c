import { Problem } from '../../../../domain/problem.js';
import { plainCharacters } from '../../../../lib/plain-signs.js';
import { DELIMITERS, readRecord, type Delimiter } from '../../../../lib/csv-record.js';

/** The columns of a file by name, in any order. Other columns are ignored, and the response names them. */
export interface TableShape<C extends string> {
  readonly columns: readonly C[];
  /** Columns that must be present. A missing optional column counts as empty. */
  readonly required: readonly C[];
  /** Alternative names of each column: a pattern for the name in lower case, letters and digits only. */
  readonly also: Readonly<Record<C, RegExp>>;
}

/** One column of the file that is read. */
export interface Column {
  readonly index: number;
  /** The name of the column in a reason for a rejection: `phone`, or `column 3 (Telefoon 2)`. */
  readonly label: string;
}

/** The layout of the lines, as read from the header. */
export interface Layout<C extends string> {
  readonly delimiter: Delimiter;
  /** The columns of each name: none when the name is missing, several when people have several telephones. */
  readonly columns: readonly (readonly [name: C, columns: readonly Column[]])[];
  /** Number of columns in the header, including those without a name. */
  readonly width: number;
  /** Indexes of columns without a name. */
  readonly nameless: readonly number[];
  /** Names of columns that are not read. */
  readonly ignored: readonly string[];
}

/** The delimiter in Excel's own first line, such as `sep=;`. */
export function separatorLine(text: string): Delimiter | undefined {
  const declared = /^"?sep=(.)"?[,;|\t]*$/i.exec(text.trimStart())?.[1];
  return DELIMITERS.find((delimiter) => delimiter === declared);
}

/** Throws `Problem` when no delimiter splits the line into columns that include all required ones. */
export function readHeader<C extends string>(
  text: string,
  shape: TableShape<C>,
  line: number,
  declared?: Delimiter,
): Layout<C> {
  const layouts = (declared ? [declared] : DELIMITERS).map((delimiter) => layoutOf(text, delimiter, shape));
  const found = layouts.find(({ missing }) => missing.length === 0);
  if (found) return found.layout;
  const nearest = layouts.reduce((best, one) => (one.missing.length < best.missing.length ? one : best));
  const message = `has no column ${nearest.missing.join(' and no column ')}; the first line must be ${shape.columns.join(',')}`;
  throw new Problem('invalid', `the header ${message}`, [{ field: `line ${line}`, message }]);
}

function layoutOf<C extends string>(text: string, delimiter: Delimiter, shape: TableShape<C>) {
  const fields = readRecord(text, delimiter);
  const names = typeof fields === 'string' ? [] : fields.map((name) => plainCharacters(name).trim());
  const taken = new Set<number>();
  const columns = shape.columns.map((column): [C, Column[]] => {
    const own = names.flatMap((name, index) => {
      const key = name.toLowerCase().replace(/[^a-z0-9]/g, '');
      if (key !== column && !shape.also[column].test(key)) return [];
      taken.add(index);
      return [{ index, label: key === column ? column : `column ${index + 1} (${name})` }];
    });
    // Several columns with one name need their number to be told apart.
    const several = own.length > 1;
    return [column, several ? own.map((one) => ({ ...one, label: numbered(one, names) })) : own];
  });
  const others = names.flatMap((name, index) => (taken.has(index) ? [] : [{ name, index }]));
  const layout: Layout<C> = {
    delimiter,
    columns,
    width: names.length,
    nameless: others.filter(({ name }) => name === '').map(({ index }) => index),
    ignored: others.filter(({ name }) => name !== '').map(({ name }) => name.slice(0, 100)),
  };
  const missing = shape.required.filter((name) => columns.find(([one]) => one === name)?.[1].length === 0);
  return { layout, missing };
}

const numbered = ({ index }: Column, names: readonly string[]): string => `column ${index + 1} (${names[index] ?? ''})`;
