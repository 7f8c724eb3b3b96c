import { Problem } from '../../../../domain/problem.js';
import { plainSigns } from '../../../../lib/plain-signs.js';
import { DELIMITERS, readRecord, type Delimiter } from './record.js';

/** The columns of a file by name, in any order in the file; the answer names the columns that are passed over. */
export interface TableShape<C extends string> {
  readonly columns: readonly C[];
  /** Those that must be there; the others may be missing, which is as if they were empty. */
  readonly required: readonly C[];
  /** Other names that people give these columns: a pattern for letters and digits alone, in lower case. */
  readonly also: Readonly<Record<C, RegExp>>;
}

/** One field of a line that is read. */
export interface Column {
  readonly index: number;
  /** How a reason names it: `phone`, or `column 3 (Telefoon 2)`. */
  readonly label: string;
}

/** What the header says. */
export interface Layout<C extends string> {
  readonly delimiter: Delimiter;
  /** Of each name its columns: none for one that is missing, several where people have several telephones. */
  readonly columns: readonly (readonly [name: C, columns: readonly Column[]])[];
  /** Fields that a line may have: what stands beyond them has no name. */
  readonly width: number;
  /** Columns without a name: what stands in them belongs to nobody. */
  readonly nameless: readonly number[];
  /** Names of columns that are passed over. */
  readonly ignored: readonly string[];
}

/** Excel's own first line, which says how fields are separated. */
export function separatorLine(text: string): Delimiter | undefined {
  const said = /^"?sep=(.)"?[,;|\t]*$/i.exec(text.trimStart())?.[1];
  return DELIMITERS.find((delimiter) => delimiter === said);
}

/** Throws `Problem` for a line that does not name the required columns, with any of the separators. */
export function readHeader<C extends string>(
  text: string,
  shape: TableShape<C>,
  line: number,
  said?: Delimiter,
): Layout<C> {
  const layouts = (said ? [said] : DELIMITERS).map((delimiter) => layoutOf(text, delimiter, shape));
  const found = layouts.find(({ missing }) => missing.length === 0);
  if (found) return found.layout;
  const nearest = layouts.reduce((best, one) => (one.missing.length < best.missing.length ? one : best));
  const message = `has no column ${nearest.missing.join(' and no column ')}; the first line must be ${shape.columns.join(',')}`;
  throw new Problem('invalid', `the header ${message}`, [{ field: `line ${line}`, message }]);
}

function layoutOf<C extends string>(text: string, delimiter: Delimiter, shape: TableShape<C>) {
  const fields = readRecord(text, delimiter);
  const names = typeof fields === 'string' ? [] : fields.map((name) => plainSigns(name).trim());
  const taken = new Set<number>();
  const columns = shape.columns.map((column): [C, Column[]] => {
    const own = names.flatMap((name, index) => {
      const key = name.toLowerCase().replace(/[^a-z0-9]/g, '');
      if (key !== column && !shape.also[column].test(key)) return [];
      taken.add(index);
      return [{ index, label: key === column ? column : `column ${index + 1} (${name})` }];
    });
    // Several of one name cannot be told apart by it.
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
