import { pattern, START } from './edges.js';

/**
 * Joins several ages before one "-jarig": "16-/17-jarige", "15-, 16- en 17-jarigen", "0-4 jarigen", "65+ers".
 * Writes "-jr" in full: "78-jr. vrouw".
 */
export function sayAges(text: string): string {
  return text
    .replace(SHORT, (_, age: string, next: string) => `${age}-jarig${NEUTER.test(next) ? '' : 'e'} ${next}`)
    .replace(EITHER, '$1 of ')
    .replace(LISTED, '$1,')
    .replace(RANGE, '$1 tot ')
    .replace(OVER, '$1-plusser');
}

/** "78-jr. vrouw", with the word that decides between "jarig" and "jarige". */
const SHORT = pattern(String.raw`${START}(\d{1,3})-jr\.?\s(\p{Ll}+)`);
const NEUTER = /^(?:meisje|kind|jongetje|mannetje|vrouwtje|slachtoffer)$/u;

const JARIG = String.raw`\d{1,2}[\s-]?jarig`;
const EITHER = pattern(String.raw`${START}(\d{1,2})-?\s?\/\s?(?=${JARIG})`);
const LISTED = pattern(String.raw`${START}(\d{1,2})-,(?=\s+(?:\d{1,2}-,?\s+(?:en\s+|of\s+)?)*${JARIG})`);
const RANGE = pattern(String.raw`${START}(\d{1,2})\s?-\s?(?=${JARIG})`);
const OVER = pattern(String.raw`${START}(\d{2})\s?\+\s?-?'?er(?=s?(?!\p{L}))`);
