/** Asterisk refuses a longer name when its 79th byte is in the middle of a letter (`char name[80]`, and UTF-8 is checked). */
const LONGEST_BYTES = 79;

/** Nearly every name: nothing in it has a meaning in a caller ID, and no letter has more than one byte. */
const PLAIN = /^[ !#-;=?-[\]-~]{0,79}$/;
/** What ends or escapes a quoted name; control characters and halves of letters, which JSON or SIP refuses; and bidi marks. */
const REFUSED = /["<>\\\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

const letters = new Intl.Segmenter('nl', { granularity: 'grapheme' });

/** A name as Asterisk takes it in a caller ID, cut between two letters when it is too long. */
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
