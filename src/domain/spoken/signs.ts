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

/** Numbers that no other rule took. */
export function sayNumbers(text: string): string {
  return text
    .replace(SPLIT, ' ')
    .replace(DECADE, (_, years: string) => pair(years))
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
/** "jaren '90". */
const DECADE = /(?<![\p{L}\d])['’](\d0)(?!\d)/gu;
const VERSION = /\d+(?:\.\d+){2,}/gu;
const ASCENDING = pattern(String.raw`(?<![\d.,\-])(0|[1-9]\d{0,5})\s?[-–]\s?([1-9]\d{0,5})(?![\d\-]|[.,]\d)`);
const BELOW_ZERO = /(?<=^|\s)-(?=\d)/gu;
const ANY = /\d+(?:[.,]\d+)?/gu;

function say(found: string): string {
  if (/^\d{1,3}\.\d{3}$/.test(found)) return written(found);
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
  [/[±~≈]\s*/gu, ' ongeveer '],
  [/\s*=\s*/gu, ' is '],
  [/\s*<\s*/gu, ' kleiner dan '],
  [/\s*>\s*/gu, ' groter dan '],
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
