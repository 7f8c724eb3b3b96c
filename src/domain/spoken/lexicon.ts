/** A word that the embedded voice would say wrong, with a spelling that it says right. */
export interface LexiconWord {
  /** As it stands in a text, in any case. With a hyphen first it is the end of longer words: "-broek". */
  readonly word: string;
  /** As the voice must read it. */
  readonly say: string;
  /** The sounds of `say` in the International Phonetic Alphabet, as the voice gives them. */
  readonly ipa?: string;
}

/**
 * Words by their first part in lower case, the longest first: "Albert Heijn" stands under "albert". The ends
 * of longer words stand under "-".
 */
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

/** The first character of an end of words, and the key of all ends. */
const END = '-';
/** Letters and digits without anything between them. */
const PART = /[\p{L}\p{N}]+/gu;

/** One lexicon of several lists. A word of a later list replaces the same word of an earlier one. */
export function lexiconOf(...lists: readonly (readonly LexiconWord[])[]): Lexicon {
  const words = new Map(lists.flat().map((word) => [word.word.toLowerCase(), word]));
  const entries = new Map<string, LexiconEntry[]>();
  for (const [lower, word] of words) {
    const [first] = lower.matchAll(PART);
    if (first === undefined) continue;
    const key = lower.startsWith(END) ? END : first[0];
    const beside = entries.get(key) ?? [];
    beside.push({ ...word, lower, lead: first.index });
    entries.set(key, beside);
  }
  for (const beside of entries.values()) beside.sort((one, other) => other.lower.length - one.lower.length);
  return entries;
}

/**
 * Replaces the words of the lexicon in a normalised text. Only whole words count, so "kenteken" is not found
 * in "kentekenhouder". A hyphen or an apostrophe ends a word: "Opel-rijder" and "Youssef's" are found. A
 * longer word with an end of the lexicon is divided before that end. A capital stays a capital, because the
 * voice recognises the beginning of a sentence by it.
 */
export function respell(text: string, lexicon: Lexicon): Respelt {
  const used = new Set<LexiconEntry>();
  let out = '';
  let done = 0;
  for (const { 0: part, index } of text.matchAll(PART)) {
    const entry = lexicon
      .get(part.toLowerCase())
      ?.find((one) => index - one.lead >= done && standsAt(text, index, one));
    if (entry !== undefined) {
      const from = index - entry.lead;
      const to = from + entry.lower.length;
      out += text.slice(done, from) + withCapital(entry.say, text.slice(from, to));
      done = to;
      used.add(entry);
      continue;
    }
    if (index < done) continue;
    const divided = divide(part, lexicon);
    if (divided === undefined) continue;
    out += text.slice(done, index) + divided.said;
    done = index + part.length;
    for (const one of divided.entries) used.add(one);
  }
  return {
    text: out + text.slice(done),
    words: [...used].map(({ word, say, ipa }) => ({ word, say, ...(ipa ? { ipa } : {}) })),
  };
}

/** The beginning of a divided word has at least this many letters: "brood" is not "b" and "rood". */
const SHORTEST_BEGINNING = 3;
/** With one of these the word is not a compound, and is not divided: "verscholen". */
const PREFIX = new Set(['ver', 'ont', 'her']);

interface Divided {
  /** Both parts, as the voice must read them. */
  readonly said: string;
  readonly entries: readonly LexiconEntry[];
}

/** "tuinbroek" in "tuin" and "broek", each as the lexicon says it. */
function divide(part: string, lexicon: Lexicon): Divided | undefined {
  const lower = part.toLowerCase();
  const end = lexicon.get(END)?.find((one) => {
    const beginning = lower.slice(0, END.length - one.lower.length);
    return (
      beginning.length >= SHORTEST_BEGINNING && !PREFIX.has(beginning) && lower.endsWith(one.lower.slice(END.length))
    );
  });
  if (end === undefined) return divideStreet(part, lexicon);
  const beginning = part.slice(0, END.length - end.lower.length);
  const entry = lexicon.get(beginning.toLowerCase())?.find((one) => one.lower === beginning.toLowerCase());
  const said = entry === undefined ? beginning : withCapital(entry.say, beginning);
  return { said: `${said} ${end.say}`, entries: entry === undefined ? [end] : [entry, end] };
}

/** "Alkmaarderweg", "Beatrixlaan": a name and the kind of street. "Onderweg" is no street. */
const STREET =
  /^(?!Onder)(\p{Lu}\p{Ll}{4,}?)(straat(?:weg)?|weg|dijk|plein|kade|laan|park|poort|brug|gracht|singel|dreef|pad)$/u;
/** The voice says a full e in these endings before any kind but "straat". */
const WEAK_END = /(?:er|se|el)$/u;

/** The name of a street in two words, where the voice or the lexicon says its first part another way. */
function divideStreet(part: string, lexicon: Lexicon): Divided | undefined {
  const [, name = '', kind = ''] = STREET.exec(part) ?? [];
  const entry = lexicon.get(name.toLowerCase())?.find((one) => one.lower === name.toLowerCase());
  if (entry !== undefined) return { said: `${withCapital(entry.say, name)} ${kind}`, entries: [entry] };
  return kind !== 'straat' && WEAK_END.test(name) ? { said: `${name} ${kind}`, entries: [] } : undefined;
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
