import type { FieldProblem } from './problem.js';

/** Characters of a centralist's name, at most. */
const LONGEST_NAME = 80;

/** Control characters, separators of lines and paragraphs, halves of surrogate pairs: no name has them. */
const NO_LETTERS = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
/** Invisible signs that turn the direction of writing, or mark the order of bytes. */
const INVISIBLE = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu;

/** The name as it is kept: without invisible signs, and with single spaces. */
export const cleanName = (name: string): string => name.replace(INVISIBLE, '').replace(/ +/g, ' ').trim();

/** What is wrong with the name and extension of a new centralist; empty when nothing is. `name` is clean. */
export function centralistProblems({ name, extension }: { name: string; extension: string }): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const sign = NO_LETTERS.exec(name)?.[0];
  if (sign !== undefined)
    problems.push({ field: 'name', message: `must have no control characters; has ${codeOf(sign)}` });
  else if (!/[\p{L}\p{N}]/u.test(name)) problems.push({ field: 'name', message: 'must have a letter or digit' });
  else if (name.length > LONGEST_NAME)
    problems.push({ field: 'name', message: `must have at most ${LONGEST_NAME} characters` });
  if (!/^[0-9]{2,6}$/.test(extension)) problems.push({ field: 'extension', message: 'must be 2 to 6 digits' });
  return problems;
}

const codeOf = (sign: string): string => `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
