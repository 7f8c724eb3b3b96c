/**
 * Letters that the voice calls by a wrong name: V sounds like "fee", W like "vee", and S like the s of "'s
 * avonds" when a word follows ("N S Lelystad", "R S zes").
 */
const NAMES: Readonly<Record<string, string>> = { S: 'es', V: 'vee', W: 'wee' };

/** Writes single letters by their names where the voice would say them wrong. */
export const withLetterNames = (text: string): string =>
  text.replace(/(?<![\p{L}\p{N}'])[A-Za-z](?![\p{L}\p{N}'])/gu, (letter) => NAMES[letter.toUpperCase()] ?? letter);
