import { END, pattern, START } from './edges.js';
import { digits } from './numbers.js';
import { marked } from './plates-repeated.js';

/**
 * Spells number plates with a pause after each letter or digit, so that listeners can write them down:
 * "R-543-KL" is "R, vijf, vier, drie, K, L".
 */
export function sayPlates(text: string): string {
  return text
    .replace(HYPHENED, (found) => (isPlate(found) ? spell(found) : found))
    .replace(COMPACT, (found) => spell(found))
    .replace(INCOMPLETE, (_, word: string, plate: string) => `${word} ${spell(plate)}`)
    .replace(AFTER_WORD, (_, word: string, plate: string) => `${word} ${spell(plate)}`)
    .replace(SMALL, (_, word: string, plate: string) => `${word} ${spell(plate)}`)
    .replace(PART, (_, word: string, part: string) => `${word} ${spell(part)}`)
    .replace(SIGNS, (_, word: string, signs: string) => `${word} ${spell(signs)}`);
}

/** Three groups, each of letters only or digits only: every Dutch sidecode, and the Belgian 1-ABC-234. */
const HYPHENED = pattern(
  String.raw`(?<![\p{L}\d-])(?:[A-Za-z]{1,3}|\d{1,3})(?:-(?:[A-Za-z]{1,3}|\d{1,3})){2}(?![\p{L}\d]|-[\p{L}\d])`,
);
/** "BMW GS1250", "Honda CB650R": the model of a motorcycle, and no plate. */
const NO_MODEL = String.raw`(?<!(?:BMW|Honda|Suzuki|Kawasaki|Yamaha|KTM)\s(?=[A-Z]{2}\d{4}|(?:CB|GS|KX|SV|YZ|ZX)\d{3}[A-Z]))`;
/**
 * The Dutch sidecodes without hyphens (RDW). 9999XX, sidecode 2, is left out: without hyphens that is a
 * postcode.
 */
const COMPACT = pattern(
  `${START}${NO_MODEL}(?:${[
    String.raw`[A-Z]{2}\d{4}`,
    String.raw`\d{2}[A-Z]{2}\d{2}`,
    String.raw`[A-Z]{2}\d{2}[A-Z]{2}`,
    String.raw`[A-Z]{4}\d{2}`,
    String.raw`\d{2}[A-Z]{4}`,
    String.raw`\d{2}[A-Z]{3}\d`,
    String.raw`\d[A-Z]{3}\d{2}`,
    String.raw`[A-Z]{2}\d{3}[A-Z]`,
    String.raw`[A-Z]\d{3}[A-Z]{2}`,
    String.raw`[A-Z]{3}\d{2}[A-Z]`,
    String.raw`[A-Z]\d{2}[A-Z]{3}`,
    String.raw`\d[A-Z]{2}\d{3}`,
    String.raw`\d{3}[A-Z]{2}\d`,
  ].join('|')})${END}`,
);
const WORD = '(?:[Kk]entekens?|[Kk]ent\\.|[Kk]t\\.|[Kk]entekenplaat|[Nn]ummerbord|[Nn]ummerplaat|[Kk]ent\\.|kntk)';
const BETWEEN = String.raw`(?:\s+(?:begint met|eindigt op|is|met|van|deels|gedeeltelijk|vermoedelijk|mogelijk|bevat))*:?`;
/** A plate with spaces, foreign ones too, or a part of a plate, after the word "kenteken". */
const AFTER_WORD = pattern(
  String.raw`${START}((?:${WORD}|herhaal)${BETWEEN})\s+((?=[A-Z\d -]*\d)(?=[A-Z\d -]*[A-Z])[A-Z\d]{1,4}(?:[ -][A-Z\d]{1,5}){0,2})${END}`,
);
/** "12-AB-??", "**-AB-3": signs that nobody saw. */
const INCOMPLETE = pattern(
  String.raw`${START}(${WORD}${BETWEEN})\s+((?=[A-Z\d -]*(?:[?*]{2}|[?*]-|-[?*]\s\p{Ll}))[A-Z\d?*]{1,4}(?:[ -][A-Z\d?*]{1,4}){1,2})(?![\p{L}\d?*-])`,
);
/** In small letters without hyphens: "kenteken 12abc3". */
const SMALL = pattern(String.raw`${START}(${WORD}${BETWEEN})\s+((?=[a-z\d]*\d)(?=[a-z\d]*[a-z])[a-z\d]{6})${END}`);

/** Letters alone or digits alone: "eindigt op 28", "begint met GZ". */
const PART = pattern(
  String.raw`${START}(${WORD}\s+(?:begint met|eindigt op|bevat)(?:\s+de\s+(?:letters|cijfers))?:?)\s+(\d{1,4}|[A-Z]{1,4})${END}`,
);
/** "met cijfers 45 en letters ZB" */
const SIGNS = pattern(String.raw`${START}([Cc]ijfers(?=\s\d)|[Ll]etters(?=\s[A-Z]))\s(\d{2,4}|[A-Z]{2,4})${END}`);

function isPlate(found: string): boolean {
  const groups = found.split('-');
  const signs = groups.join('').length;
  return (
    signs >= 6 && signs <= 7 && groups.some((group) => /\d/.test(group)) && groups.some((group) => /\D/.test(group))
  );
}

function spell(plate: string): string {
  const signs = Array.from(plate.toUpperCase().replace(/[^A-Z\d?*]/g, ''));
  const said = signs.map((sign) => (/\d/.test(sign) ? digits(sign) : /[?*]/.test(sign) ? 'onbekend' : sign)).join(', ');
  return signs.length < WHOLE ? said : marked(said);
}

/** A plate with this many signs or more is marked, to be said twice. A shorter part is easy to remember. */
const WHOLE = 5;
