import type { FieldProblem } from './problem.js';

/** Most characters of a centralist's name. */
const LONGEST_NAME = 80;

/**
 * Control characters, line and paragraph separators, halves of surrogate pairs. None of these belongs in a
 * name.
 */
const NO_LETTERS = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
/** Invisible characters that change the direction of writing or mark the byte order. */
const INVISIBLE = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu;

/** The name as it is stored: without invisible characters, and with single spaces. */
export const cleanName = (name: string): string => name.replace(INVISIBLE, '').replace(/ +/g, ' ').trim();

/**
 * Problems with the name and extension of a new centralist; empty when there are none. `name` is already
 * clean.
 */
export function centralistProblems({ name, extension }: { name: string; extension: string }): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const character = NO_LETTERS.exec(name)?.[0];
  if (character !== undefined)
    problems.push({ field: 'name', message: `must have no control characters; has ${codeOf(character)}` });
  else if (!/[\p{L}\p{N}]/u.test(name)) problems.push({ field: 'name', message: 'must have a letter or digit' });
  else if (name.length > LONGEST_NAME)
    problems.push({ field: 'name', message: `must have at most ${LONGEST_NAME} characters` });
  if (!/^[0-9]{2,6}$/.test(extension)) problems.push({ field: 'extension', message: 'must be 2 to 6 digits' });
  return problems;
}

const codeOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
