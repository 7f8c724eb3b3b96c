import { readRecord } from '../../lib/csv-record.js';
import type { LexiconWord } from './lexicon.js';

/** What is wrong with one line of a lexicon. */
export interface LexiconProblem {
  /** 1 is the header. */
  readonly line: number;
  /** A column, or `line` when the line has no columns. */
  readonly field: 'word' | 'say' | 'ipa' | 'line';
  readonly message: string;
}

export interface ReadLexicon {
  readonly words: readonly LexiconWord[];
  readonly problems: readonly LexiconProblem[];
}

const MOST_CHARACTERS = 60;
/**
 * Letters, with spaces, hyphens and apostrophes between them. An apostrophe may come first, or a hyphen for
 * the end of longer words.
 */
const WORD = /^(?:'?\p{L}+(?:[ '-]+\p{L}+)*|-\p{L}{3,})$/u;
const SAY = /^'?\p{L}+(?:[ '-]+\p{L}+)*$/u;

/**
 * Reads a lexicon: CSV in UTF-8 with the header `word,say,ipa` or `word,say`; semicolons are allowed too. A
 * line that cannot be used is left out and named, and the rest is used. Empty lines and lines that begin with
 * `#` are comments.
 */
export function readLexicon(csv: string): ReadLexicon {
  const lines = csv
    .replace(/^\uFEFF/u, '')
    .normalize('NFC')
    .split(/\r\n?|\n/u);
  const at = lines.findIndex((line) => !isComment(line));
  const header = lines[at];
  if (header === undefined) return { words: [], problems: [] };
  const delimiter = header.includes(';') ? ';' : ',';
  const columns = readRecord(header.toLowerCase(), delimiter);
  if (!['word,say', 'word,say,ipa'].includes(String(columns)))
    return { words: [], problems: [{ line: at + 1, field: 'line', message: 'must be the header word,say,ipa' }] };

  const words = new Map<string, LexiconWord & { readonly line: number }>();
  const problems: LexiconProblem[] = [];
  lines.forEach((line, index) => {
    if (index <= at || isComment(line)) return;
    const row = rowOf(readRecord(line, delimiter), columns.length);
    const known = 'word' in row ? words.get(row.word.toLowerCase()) : undefined;
    if ('message' in row) problems.push({ line: index + 1, ...row });
    else if (known)
      problems.push({ line: index + 1, field: 'word', message: `"${row.word}" is in line ${known.line} already` });
    else words.set(row.word.toLowerCase(), { ...row, line: index + 1 });
  });
  return { words: [...words.values()].map(({ line: _, ...word }) => word), problems };
}

const isComment = (line: string): boolean => line.trim() === '' || line.trimStart().startsWith('#');

function rowOf(fields: ReturnType<typeof readRecord>, columns: number): LexiconWord | Omit<LexiconProblem, 'line'> {
  if (!Array.isArray(fields))
    return { field: 'line', message: 'has a quotation mark that is not closed or out of place' };
  if (fields.length > columns) return { field: 'line', message: `has ${fields.length} fields instead of ${columns}` };
  const [word = '', say = '', ipa = ''] = fields.map((field) => field.replace(/[’‘]/gu, "'"));
  const problem =
    problemOf('word', word, WORD) ??
    problemOf('say', say, SAY) ??
    (ipa.length > 2 * MOST_CHARACTERS ? tooLong('ipa', 2 * MOST_CHARACTERS) : undefined);
  return problem ?? { word, say, ...(ipa === '' ? {} : { ipa }) };
}

function problemOf(field: 'word' | 'say', text: string, form: RegExp): Omit<LexiconProblem, 'line'> | undefined {
  if (text === '') return { field, message: 'is empty' };
  if (text.length > MOST_CHARACTERS) return tooLong(field, MOST_CHARACTERS);
  if (/\p{N}/u.test(text))
    return { field, message: `"${text}" has a digit; numbers are written out before this list is used` };
  if (!form.test(text))
    return { field, message: `"${text}" may have letters only, with spaces, hyphens and apostrophes between them` };
  return undefined;
}

const tooLong = (field: LexiconProblem['field'], most: number): Omit<LexiconProblem, 'line'> => ({
  field,
  message: `has more than ${most} characters`,
});
