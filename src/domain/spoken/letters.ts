/**
 * Puts a text in capitals ("LET OP: MAN MET MES") in lower case, because its words would be taken for
 * abbreviations. Number plates and postcodes keep their capitals, because later rules recognise them by
 * these.
 */
export function sayShouting(text: string): string {
  const letters = text.replace(/[^\p{L}]/gu, '');
  const capitals = letters.replace(/[^\p{Lu}]/gu, '');
  if (letters.length <= 5 || capitals.length < letters.length * 0.7) return text;
  return text.replace(SHOUTED, (word) => (spelt(word) && !WORDS_TOO.has(word) ? word : word.toLowerCase()));
}

/** Spells known acronyms: "ANWB" is "A N W B". */
export function sayAcronyms(text: string): string {
  return text.replace(WORD, (word) => (spelt(word) ? word.split('').join(' ') : word));
}

/** An acronym. Digits may stand against it: "RS6", "4WD". */
const WORD = /(?<!\p{L})\p{Lu}{2,5}(?!\p{L})/gu;
/** Not part of a number plate or a postcode. */
const SHOUTED = /(?<![\p{L}\d]|[\p{L}\d]-|\d{4} )\p{Lu}{2,}(?![\p{L}\d]|-[\p{L}\d])/gu;
/** Acronyms that are spelt although they have a vowel. */
const NAMES = new Set(
  (
    'ANWB AED AH EHBO OV UK USA VS EU GGZ ABN ING NOS TUI GTI TDI TSI GTD CDI HDI AMG RAI VVV UMC AZC KNRM ID PC OM ' +
    'UWV GGD COA SUV USB NY LA EV IC'
  ).split(' '),
);
/** Acronyms that are words in a text in capitals. */
const WORDS_TOO = new Set(['OM', 'AH', 'ID']);

const spelt = (word: string): boolean => NAMES.has(word) || (word.length <= 5 && !/[AEIOUYÄËÏÖÜÉÈ]/u.test(word));
