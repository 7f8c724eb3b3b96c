import { END, pattern, START } from './edges.js';

/**
 * Writes amounts of money and large numbers in the form that the later rules read: "€10k", "1 000 000",
 * "50,-".
 */
export function sayAmounts(text: string): string {
  return text
    .replace(SPACED, (found) => found.replaceAll(' ', '.'))
    .replace(THOUSANDS, '$1$2.000')
    .replace(CARATS, '$1 karaat')
    .replace(EQUALS, '$1,-')
    .replace(ROUND, '$1 euro');
}

/** Thousands with spaces: several groups, or zeros that are no house number or time. */
const SPACED = pattern(String.raw`(?<![\p{L}\d.,+-]\s?)[1-9]\d{0,2}(?:(?:\s\d{3}){2,}|\s000)(?![\d-]|[\s.,]\d)`);
const THOUSANDS = pattern(String.raw`(€\s?)(\d{1,3})k${END}`, 'i');
const CARATS = pattern(String.raw`${START}(\d{1,2})\s?k(?:rt?)?\.?(?=\s+(?:goud|gouden)${END})`);
const EQUALS = pattern(String.raw`(?<=€\s?)(\d[\d.]*),=`);
/** "50,-" without a sign or a word for money. */
const ROUND = pattern(
  String.raw`(?<!€\s?[\d.]*|EUR\s?[\d.]*)${START}(\d{1,3}(?:\.\d{3})+|\d+),-{1,2}(?!\s?(?:€|euro|EUR)|\d)`,
);
