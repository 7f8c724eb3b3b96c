import { END, pattern, START } from './edges.js';

/**
 * Writes the points of the compass in words: "reed N.O. weg", "wind ZW 6", "in Z.W. richting", "ri. N". Two
 * capitals without points can be something else, so the words around them decide.
 */
export function sayCompass(text: string): string {
  return text
    .replace(ALONG, ([from = '', , to = '']) => `${nameOf(from)}-${nameOf(to)}`)
    .replace(BEFORE_SIDE, nameOf)
    .replace(PART_OF_TOWN, inName)
    .replace(TO_THE, inNoun)
    .replace(DOTTED, inWords)
    .replace(BARE, inWords)
    .replace(SINGLE, inWords);
}

const NAMES: Readonly<Record<string, string>> = { N: 'noord', O: 'oost', Z: 'zuid', W: 'west' };

const DOTTED = pattern(String.raw`(?<![\p{L}\d.])[NZ]\.\s?[OW](?:\.|${END})`);
const TWO = '[NZ][OW]';
const BARE = pattern(
  String.raw`(?<![\p{L}\d.-])(?:(?<=(?:[Ww]ind|[Ww]indrichting|[Rr]ichting|[Rr]i\.?|[Hh]et)\s+(?:uit\s+(?:het\s+)?)?)${TWO}|${TWO}(?=\s+(?:richting|wind|zijde|kant|hoek)))${END}\.?`,
);
const SINGLE = pattern(
  String.raw`(?<=(?:^|[^\p{L}\d])(?:[Ww]ind|[Rr]ichting|[Rr]i\.?)\s+)[NOZW](?![\p{L}\d]|[-']\p{L})\.?`,
);

/** "Amsterdam-ZO", "Zwolle-Z." */
const PART_OF_TOWN = pattern(String.raw`(?<=\p{Ll}-)(?:[NZ][OW]|[NOZW])${END}\.?`);
/** "N-Z richting" */
const ALONG = pattern(String.raw`${START}(?:N-Z|Z-N|O-W|W-O)(?=\s+richting${END})`);
/** "N-oever", "Z-zijde" */
const BEFORE_SIDE = pattern(String.raw`${START}[NOZW]-(?=(?:oever|zijde|kant|ingang|uitgang)${END})`);
/** "ten N. van Lelystad" */
const TO_THE = pattern(String.raw`(?<=${START}ten\s)(?:[NZ][OW]|[NOZW])\.?(?=\s+van${END})`);

const nameOf = (letters: string): string =>
  Array.from(letters.replace(/[^NOZW]/gu, ''), (letter) => NAMES[letter] ?? '').join('');

function inName(found: string, at: number, text: string): string {
  const name = nameOf(found);
  const ends = found.endsWith('.') && /^(?:\s+\p{Lu}|\s*$)/u.test(text.slice(at + found.length)) ? '.' : '';
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}${ends}`;
}

const inNoun = (found: string): string => `${nameOf(found)}en`;

function inWords(found: string, at: number, text: string): string {
  const letters = found.replace(/[^NOZW]/gu, '');
  if (letters === '') return found;
  const name = Array.from(letters, (letter) => NAMES[letter] ?? '').join('');
  const after = text.slice(at + found.length);
  if (/^\s+(?:richting|wind|zijde|kant|hoek)(?!\p{L})/u.test(after)) return `${name}elijke`;
  // The last point ends the sentence where a new one begins.
  const ends = found.endsWith('.') && /^(?:\s+\p{Lu}|\s*$)/u.test(after) ? '.' : '';
  return `${name}${/(?<!\p{L})het\s+$/iu.test(text.slice(0, at)) ? 'en' : ''}${ends}`;
}
