import { pattern } from './edges.js';
import { cardinal, digits, pair, written } from './numbers.js';

/** Web and mail addresses: "punt" and "apenstaartje", so that the points are heard. */
export function sayAddresses(text: string): string {
  return text
    .replace(SCHEME, '')
    .replace(ADDRESS, (found) =>
      found.replaceAll('@', ' apenstaartje ').replaceAll('.', ' punt ').replaceAll('/', ', '),
    );
}

const SCHEME = /\bhttps?:\/\//giu;
const ADDRESS = /(?:www\.|[\w-]+@)[\w-]+(?:\.[\w-]+)+(?:\/[\w-]+)*|\b[\w-]+\.(?:nl|com|org|eu)\b(?:\/[\w-]+)*/giu;

/** "+/- 25 jaar", "± 25", "~25": about that much. */
export const sayAbout = (text: string): string => text.replace(ABOUT, 'ongeveer ').replace(BETWEEN, '$1 en ');

const ABOUT = /(?:\+\s?\/?\s?-|[±~≈])\s?(?=\d)/gu;

/** "tussen 40-50 jaar": between the one and the other. */
const BETWEEN = pattern(
  String.raw`(?<=tussen\s+(?:de\s+)?)(\d+(?:[.,]\d+)?)\s?[-/]\s?(?=\d+(?:[.,]\d+)?(?![\d/-])(?!\s+en\s))`,
  'i',
);

/** Numbers that no other rule took. */
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
const VERSION = /\d+(?:\.\d+){2,}/gu;
const ASCENDING = pattern(String.raw`(?<![\d.,\-])(0|[1-9]\d{0,5})\s?[-–]\s?([1-9]\d{0,5})(?![\d\-]|[.,]\d)`);
const BELOW_ZERO = /(?<=^|\s)-(?=\d)/gu;
const ANY = /\d{1,3}(?:\.\d{3})+(?:,\d+)?(?!\d)|\d+(?:[.,]\d+)?/gu;

function say(found: string): string {
  if (/^\d+$/.test(found) && found.length > 9) return digits(found);
  return written(found);
}

/** Signs between and around words. What has a name is named, what only separates becomes a pause. */
export function saySigns(text: string): string {
  let out = text.replace(DECORATION, ' ');
  for (const [found, said] of SIGNS) out = out.replace(found, said);
  return out;
}

/** Rows of signs that draw a line or make text bold. */
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
