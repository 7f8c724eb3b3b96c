import { END, pattern, START } from './edges.js';
import { cardinal } from './numbers.js';

/**
 * Writes halves and quarters as people say them: "1,5 uur" is "anderhalf uur", "3/4 mouw" is "driekwart
 * mouw".
 */
export function sayFractions(text: string): string {
  return text
    .replace(WHOLE_AND_HALF, (_, n: string) => `${andHalf(Number(n), 'half')} `)
    .replace(
      HALF_UNIT,
      (_, n: string, unit: string) =>
        `${andHalf(Number(n), NEUTER.has(unit) ? 'half' : 'halve')} ${FULL[unit] ?? unit}`,
    )
    .replace(PERSONS, (_, from: string, to: string) => `${cardinal(Number(from))} of ${cardinal(Number(to))}`)
    .replace(FRACTION, (found, n: string, of: string) => PARTS[`${n}/${of}`] ?? found)
    .replace(SIGN, (sign) => `${PARTS[SIGNS[sign] ?? ''] ?? sign} `);
}

const PARTS: Readonly<Record<string, string>> = {
  '1/2': 'een half',
  '1/3': 'een derde',
  '2/3': 'twee derde',
  '1/4': 'een kwart',
  '3/4': 'driekwart',
  '7/8': 'zeven achtste',
};
const SIGNS: Readonly<Record<string, string>> = {
  '½': '1/2',
  '⅓': '1/3',
  '⅔': '2/3',
  '¼': '1/4',
  '¾': '3/4',
  '⅞': '7/8',
};

/** "1½ uur", "2 ½ jaar", "1 1/2 uur". */
const WHOLE_AND_HALF = pattern(String.raw`${START}(\d{1,2})(?:\s?½|\s1\/2(?![\d/]))\s*`);
/** One and a half of a unit that takes "anderhalf". Lengths in metres keep their decimals. */
const HALF_UNIT = pattern(
  String.raw`(?<![\p{L}\d.,])([0-9])[.,]5\s?(uur|jaar|kwartier|km|kilometer|kilo|kg|liter|week|maand|dag|minuut)${END}`,
);
const FULL: Readonly<Record<string, string>> = { km: 'kilometer', kg: 'kilo' };
const NEUTER = new Set(['uur', 'jaar', 'kwartier']);
/** "2/3 personen" means two or three. */
const PERSONS = pattern(
  String.raw`${START}(\d)\/(\d)(?=\s+(?:onbekende\s+|jonge\s+|grote\s+)?(?:personen|pers|mannen|vrouwen|jongens|meisjes|kinderen|verdachten|daders|jongeren)${END})`,
  'i',
);
const FRACTION = pattern(String.raw`(?<![\p{L}\d.,/\-])([1237])\/([2348])(?![\d/\p{L}]|-\d|[.,]\d)`);
const SIGN = /[½⅓⅔¼¾⅞]\s*/gu;

/** 0 is "een half", 1 "anderhalf", 2 "tweeënhalf"; "halve" before a word that takes "de". */
function andHalf(n: number, half: 'half' | 'halve'): string {
  if (n === 0) return `een ${half}`;
  if (n === 1) return `ander${half}`;
  const word = cardinal(n);
  return `${word}${word.endsWith('e') ? 'ë' : 'e'}n${half}`;
}
