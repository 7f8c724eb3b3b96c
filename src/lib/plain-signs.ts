/**
 * Replaces the many characters that people, programs and keyboards produce with ASCII, for numbers, postcodes
 * and codes.
 */

/** A shortcut, because most texts are already plain. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Invisible characters: directions, joiners, soft hyphens, byte order marks, variation selectors. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const DASHES = /[\p{Pd}\u2212\u2043\u02d7\u23af]/gu;
const SPACES = /[\p{Z}\t\n\r\v\f\u0085]/gu;
const OTHER_DIGITS = /[^\0-\x7f]/gu;
const DIGIT = /^\p{Nd}$/u;

/**
 * The text with ASCII digits, dashes and spaces, and without invisible characters. All other characters stay,
 * because they are part of what the person wrote.
 */
export function plainCharacters(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(INVISIBLE, '')
    .normalize('NFKC')
    .replace(DASHES, '-')
    .replace(SPACES, ' ')
    .replace(OTHER_DIGITS, (sign) => (DIGIT.test(sign) ? String(digitOf(sign.codePointAt(0) ?? 0)) : sign));
}

/** The value of a digit. Unicode keeps the ten digits of a script together, 0 first. */
function digitOf(code: number): number {
  let before = 0;
  while (before < 10 && DIGIT.test(String.fromCodePoint(code - 1 - before))) before++;
  return before % 10;
}

/** Names of characters that a person cannot see, or mistakes for another. */
const NAMES: Readonly<Record<number, string>> = {
  0x00: 'NUL',
  0x08: 'BACKSPACE',
  0x09: 'TAB',
  0x0a: 'LINE FEED',
  0x0d: 'CARRIAGE RETURN',
  0x1b: 'ESCAPE',
  0x7f: 'DELETE',
  0xb7: 'MIDDLE DOT',
  0x2022: 'BULLET',
  0x201c: 'LEFT DOUBLE QUOTATION MARK',
  0x201d: 'RIGHT DOUBLE QUOTATION MARK',
  0x2018: 'LEFT SINGLE QUOTATION MARK',
  0x2019: 'RIGHT SINGLE QUOTATION MARK',
  0x39f: 'GREEK CAPITAL LETTER OMICRON',
  0x3bf: 'GREEK SMALL LETTER OMICRON',
  0x41e: 'CYRILLIC CAPITAL LETTER O',
  0x43e: 'CYRILLIC SMALL LETTER O',
  0x410: 'CYRILLIC CAPITAL LETTER A',
  0x412: 'CYRILLIC CAPITAL LETTER VE',
  0x4f: 'LETTER O, not the digit 0',
  0x6f: 'LETTER O, not the digit 0',
  0x6c: 'LETTER L, not the digit 1',
  0x49: 'LETTER I, not the digit 1',
  0xfffd: 'REPLACEMENT CHARACTER: the file was saved in another encoding',
};

/** A character as error texts name it: `'ø' (U+00F8)`, `U+0000 NUL`. */
export function nameOfCharacter(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const name = NAMES[code];
  const shown = /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(sign);
  if (!shown) return name === undefined ? hex : `${hex} ${name}`;
  return `'${sign}' (${name === undefined ? hex : `${hex} ${name}`})`;
}
