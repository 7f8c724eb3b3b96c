/** A word that the embedded voice would say wrong, with a spelling that it says right. */
export interface LexiconWord {
  /** As it stands in a text, in any case. */
  readonly word: string;
  /** As the voice must read it. */
  readonly say: string;
  /** The sounds of `say` in the International Phonetic Alphabet, as the voice gives them. */
  readonly ipa?: string;
}

/** Words by their first part in lower case, the longest first: "Albert Heijn" stands under "albert". */
export type Lexicon = ReadonlyMap<string, readonly LexiconEntry[]>;

interface LexiconEntry extends LexiconWord {
  readonly lower: string;
  /** Characters before the first letter: 1 for "'s-Gravenhage". */
  readonly lead: number;
}

export interface Respelt {
  readonly text: string;
  /** The words of the lexicon that the text had, in their order, each once. */
  readonly words: readonly LexiconWord[];
}

/** Letters and digits without anything between them. */
const PART = /[\p{L}\p{N}]+/gu;

/** One lexicon of several lists. A word of a later list replaces the same word of an earlier one. */
export function lexiconOf(...lists: readonly (readonly LexiconWord[])[]): Lexicon {
  const words = new Map(lists.flat().map((word) => [word.word.toLowerCase(), word]));
  const entries = new Map<string, LexiconEntry[]>();
  for (const [lower, word] of words) {
    const [first] = lower.matchAll(PART);
    if (first === undefined) continue;
    const beside = entries.get(first[0]) ?? [];
    beside.push({ ...word, lower, lead: first.index });
    entries.set(first[0], beside);
  }
  for (const beside of entries.values()) beside.sort((one, other) => other.lower.length - one.lower.length);
  return entries;
}

/**
 * Replaces the words of the lexicon in a normalised text. Only whole words count, so "kenteken" is not found
 * in "kentekenplaat". A hyphen or an apostrophe ends a word: "Opel-rijder" and "Youssef's" are found. A
 * capital stays a capital, because the voice hears the beginning of a sentence by it.
 */
export function respell(text: string, lexicon: Lexicon): Respelt {
  const used = new Set<LexiconEntry>();
  let out = '';
  let done = 0;
  for (const { 0: part, index } of text.matchAll(PART)) {
    const entry = lexicon
      .get(part.toLowerCase())
      ?.find((one) => index - one.lead >= done && standsAt(text, index, one));
    if (entry === undefined) continue;
    const from = index - entry.lead;
    const to = from + entry.lower.length;
    out += text.slice(done, from) + withCapital(entry.say, text.slice(from, to));
    done = to;
    used.add(entry);
  }
  return {
    text: out + text.slice(done),
    words: [...used].map(({ word, say, ipa }) => ({ word, say, ...(ipa ? { ipa } : {}) })),
  };
}

function standsAt(text: string, index: number, { lower, lead }: LexiconEntry): boolean {
  const from = index - lead;
  if (text.slice(from, from + lower.length).toLowerCase() !== lower) return false;
  // In "'s nachts" and "auto's" the letter is no word of its own.
  if (lower.length === 1 && text[from - 1] === "'") return false;
  return !/^[\p{L}\p{N}]/u.test(text.slice(from + lower.length));
}

const withCapital = (say: string, found: string): string =>
  /^[^\p{L}]*\p{Lu}/u.test(found) ? say.replace(/\p{L}/u, (letter) => letter.toUpperCase()) : say;
