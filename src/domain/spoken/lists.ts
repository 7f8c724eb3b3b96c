import { pattern } from './edges.js';

/**
 * Keeps each number of a list with its own item: "1. man met jas 2. vrouw" becomes "1: man met jas. 2:
 * vrouw". A list begins with 1, at the start of a line or after a sentence or a colon, and has at least two
 * items.
 */
export function sayLists(text: string): string {
  let expected = 1;
  const items = [...text.matchAll(ITEM)].filter(({ 0: found, 1: number, index }) => {
    const begins = expected > 1 || /(?:^|[\n:.!?])\s*$/u.test(text.slice(0, index));
    if (Number(number) !== expected || !begins || found === '') return false;
    expected += 1;
    return true;
  });
  if (items.length < 2) return text;
  let out = '';
  let done = 0;
  for (const { 0: found, 1: number, index } of items) {
    const before = text.slice(done, index).trimEnd();
    const ends = before === '' || /[\n:.!?,;]$/u.test(before);
    out += `${before}${ends ? ' ' : '. '}${number}: `;
    done = index + found.length;
  }
  return `${out}${text.slice(done)}`.trim();
}

const ITEM = pattern(String.raw`(?<=^|\s)(\d{1,2})[.)]\s+(?=\p{L})`);
