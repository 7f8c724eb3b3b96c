import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lexiconOf, type Lexicon } from '../../domain/spoken/lexicon.js';
import { readLexicon, type LexiconProblem, type ReadLexicon } from '../../domain/spoken/lexicon-csv.js';

export interface LexiconFileProblem extends LexiconProblem {
  readonly file: string;
}

export interface OpenedLexicon {
  readonly lexicon: Lexicon;
  /** The administrator's own words alone. */
  readonly own: Lexicon;
  /** Lines that are left out, in words for the administrator. */
  readonly problems: readonly LexiconFileProblem[];
}

/** The words that come with the prompts of a language. */
const SHIPPED = 'lexicon.csv';

/**
 * The shipped lexicon of a language with the administrator's own words over it. A file that is missing has no
 * words. A bad line, or a file that cannot be read, never stops the start: speech works without it.
 */
export async function openLexicon(soundsFolder: string, ownFile?: string): Promise<OpenedLexicon> {
  const shippedFile = join(soundsFolder, SHIPPED);
  const shipped = await read(shippedFile);
  const own = ownFile === undefined ? { words: [], problems: [] } : await read(ownFile);
  const inFile = (file: string) => (problem: LexiconProblem) => ({ file, ...problem });
  return {
    lexicon: lexiconOf(shipped.words, own.words),
    own: lexiconOf(own.words),
    problems: [...shipped.problems.map(inFile(shippedFile)), ...own.problems.map(inFile(ownFile ?? ''))],
  };
}

async function read(file: string): Promise<ReadLexicon> {
  try {
    return readLexicon(new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file)));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { words: [], problems: [] };
    const reason =
      error instanceof TypeError ? 'is not UTF-8; save it as CSV UTF-8' : `cannot be read: ${String(error)}`;
    return { words: [], problems: [{ line: 1, field: 'line', message: reason }] };
  }
}
