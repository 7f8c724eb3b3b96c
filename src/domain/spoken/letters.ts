/**
 * A text all in capitals ("LET OP: MAN MET MES") is put in small letters, or its words would be taken for abbreviations.
 * Plates and postcodes keep their capitals: they are known by them.
 */
export function sayShouting(text: string): string {
  const letters = text.replace(/[^\p{L}]/gu, '');
  const capitals = letters.replace(/[^\p{Lu}]/gu, '');
  if (letters.length <= 5 || capitals.length < letters.length * 0.7) return text;
  return text.replace(SHOUTED, (word) => (spelt(word) && !WORDS_TOO.has(word) ? word : word.toLowerCase()));
}

/** A known abbreviation is spelt: "ANWB" is "A N W B". */
export function sayAcronyms(text: string): string {
  return text.replace(WORD, (word) => (spelt(word) ? word.split('').join(' ') : word));
}

/** Digits may touch it: "RS6", "4WD". */
const WORD = /(?<!\p{L})\p{Lu}{2,5}(?!\p{L})/gu;
/** Not a part of a plate, not the letters of a postcode. */
const SHOUTED = /(?<![\p{L}\d]|[\p{L}\d]-|\d{4} )\p{Lu}{2,}(?![\p{L}\d]|-[\p{L}\d])/gu;
/** Spelt although they have a vowel. */
const NAMES = new Set(
  (
    'ANWB AED AH EHBO OV UK USA VS EU GGZ ABN ING NOS TUI GTI TDI TSI GTD CDI HDI AMG RAI VVV UMC AZC KNRM ID PC OM ' +
    'UWV GGD COA SUV USB NY LA EV IC'
  ).split(' '),
);
/** Also a word when everything is in capitals. */
const WORDS_TOO = new Set(['OM', 'AH', 'ID']);

const spelt = (word: string): boolean => NAMES.has(word) || (word.length <= 5 && !/[AEIOUYÄËÏÖÜÉÈ]/u.test(word));
