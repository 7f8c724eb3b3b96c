/** Asterisk cuts a longer name (`char name[80]`), and refuses a cut inside a UTF-8 character. */
const LONGEST_BYTES = 79;

/** Matches nearly every name: only characters of one byte that have no meaning in a caller ID. */
const PLAIN = /^[ !#-;=?-[\]-~]{0,79}$/;
/** Characters that end or escape a quoted name, that JSON or SIP refuses, or that are bidi marks. */
const REFUSED = /["<>\\\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

const letters = new Intl.Segmenter('nl', { granularity: 'grapheme' });

/** A name that Asterisk accepts in a caller ID, cut between two letters when it is too long. */
export function shownName(name: string): string {
  if (PLAIN.test(name)) return name;
  const clean = name.replace(REFUSED, ' ').replace(/ +/g, ' ').trim();
  if (Buffer.byteLength(clean) <= LONGEST_BYTES) return clean;
  let shown = '';
  let bytes = 0;
  for (const { segment } of letters.segment(clean)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > LONGEST_BYTES) break;
    shown += segment;
  }
  return shown.trimEnd();
}

/** `"Anna Proef" <0612345678>`. */
export const callerId = ({ name, number }: { readonly name: string; readonly number: string }): string =>
  `"${shownName(name)}" <${number}>`;
