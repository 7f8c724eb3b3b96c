import { pattern } from './edges.js';
import { cardinal, digits, pair, written } from './numbers.js';

/** Writes web and mail addresses with "punt" and "apenstaartje", so that they are heard. */
export function sayAddresses(text: string): string {
  return text
    .replace(SCHEME, '')
    .replace(ADDRESS, (found) =>
      found.replace(QUERY, '').replaceAll('@', ' apenstaartje ').replaceAll('.', ' punt ').replaceAll('/', ', '),
    );
}

/** The part of a web address that nobody types: "?id=12". */
const QUERY = /[?#].*$/u;
const SCHEME = /\bhttps?:\/\//giu;
const ADDRESS =
  /(?:www\.|[\w-]+@)[\w-]+(?:\.[\w-]+)+(?:\/[\w-]+)*(?:[?#][\w=&%+-]+)?|\b[\w-]+\.(?:nl|com|org|eu)\b(?:\/[\w-]+)*(?:[?#][\w=&%+-]+)?/giu;

/** Writes "+/- 25 jaar", "± 25" and "~25" with "ongeveer". */
export const sayAbout = (text: string): string => text.replace(ABOUT, 'ongeveer ').replace(BETWEEN, '$1 en ');

/** "+/-" also before a word or a size: "maat +/- XL". */
const ABOUT = /\+\s?\/\s?-\s?(?=[€\p{L}\d])|(?:\+\s?-|[±~≈])\s?(?=[€\d])/gu;

/** "tussen 40-50 jaar": the dash becomes "en". */
const BETWEEN = pattern(
  String.raw`(?<=tussen\s+(?:de\s+)?)(\d+(?:[.,]\d+)?)\s?[-/]\s?(?=\d+(?:[.,]\d+)?(?![\d/-])(?!\s+en\s))`,
  'i',
);

/** Writes the numbers that no other rule took in words. */
export function sayNumbers(text: string): string {
  return text
    .replace(YEAR, (_, years: string) => pair(years))
    .replace(SPLIT, ' ')
    .replace(VERSION, (found) =>
      found
        .split('.')
        .map((part) => say(part))
        .join(' punt '),
    )
    .replace(ASCENDING, (found, from: string, to: string) =>
      Number(from) < Number(to) ? `${cardinal(Number(from))} tot ${cardinal(Number(to))}` : found,
    )
    .replace(/(?<=[\p{Lu}\d])[-/](?=\d)/gu, ', ')
    .replace(BELOW_ZERO, 'min ')
    .replace(ANY, (found) => say(found));
}

/** Between a letter and a digit: "A6" is "A 6", "12a" is "12 a". */
const SPLIT = /(?<=\p{L})(?=\d)|(?<=\d)(?=\p{L})/gu;
/** A year without its century: "jaren '90", "nov '26". */
const YEAR = pattern(String.raw`(?<![\p{L}\d])'(\d{2})(?![\d'])`);
const VERSION = /(?<![\d.])(?!\d{1,3}(?:\.\d{3})+(?![\d.]*\d))\d+(?:\.\d+){2,}/gu;
const ASCENDING = pattern(String.raw`(?<![\d.,\-])(0|[1-9]\d{0,5})\s?[-–]\s?([1-9]\d{0,5})(?![\d\-]|[.,]\d)`);
const BELOW_ZERO = /(?<=^|\s)-(?=\d)/gu;
const ANY = /\d{1,3}(?:\.\d{3})+(?:,\d+)?(?!\d)|\d+(?:[.,]\d+)?/gu;

function say(found: string): string {
  if (/^\d+$/.test(found) && found.length > 9) return digits(found);
  return written(found);
}

/** Replaces signs between and around words: a sign with a name by its name, a separator by a pause. */
export function saySigns(text: string): string {
  let out = text.replace(DECORATION, ' ');
  for (const [found, said] of SIGNS) out = out.replace(found, said);
  return out;
}

/** Repeated signs that draw a line or make text bold. */
const DECORATION = /([*_=#~+|-])\1+/gu;
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/^[ ]*[•·▪●*+-](?=\s)/gmu, ','],
  [/\s*&\s*/gu, ' en '],
  [/\ben\s?\/\s?of\b/giu, 'en of'],
  [/(?<=\p{L})\s?\/\s?(?=\p{L})/gu, ' of '],
  [/\s*[/\\|]\s*/gu, ', '],
  [/\s*\+\s*/gu, ' plus '],
  [/\s*=\s*/gu, ' is '],
  [/\s*<\s*/gu, ' minder dan '],
  [/\s*>\s*/gu, ' meer dan '],
  [/€/gu, ' euro '],
  [/\$/gu, ' dollar '],
  [/£/gu, ' pond '],
  [/%/gu, ' procent '],
  [/°/gu, ' graden '],
  [/@/gu, ' apenstaartje '],
  [/#/gu, ' hekje '],
  [/\*/gu, ' sterretje '],
  [/½/gu, ' een half '],
  [/²/gu, ' kwadraat '],
  [/_/gu, ' '],
];
