import { phonemes, type SoundedClause } from '../espeak/phonemes.js';

/** A part of a text that the voice speaks in one breath, and the silence after it. */
export interface PartInPhonemes {
  /** The International Phonetic Alphabet, with the marks by which a voice speaks: `.`, `!`, `?` and `,`. */
  readonly ipa: string;
  readonly pauseMs: number;
}

/**
 * A longer sentence is divided at a comma, because the runtime keeps the memory that its longest sentence
 * took. Counted in signs of the phonetic alphabet; about 8 s of speech.
 */
const LONG = 120;
const COMMA_PAUSE_MS = 250;

/** A text that is normalised and respelt by the lexicon, in phonemes. Runs in the worker. */
export async function inPhonemes(text: string): Promise<readonly PartInPhonemes[]> {
  return partsOf(await phonemes(text));
}

/**
 * Clauses with their pauses as parts. A voice makes a short pause at a comma by itself, and hardly any after
 * a sentence or between the signs of a number plate, so those are parts of their own.
 */
export function partsOf(sentences: readonly (readonly SoundedClause[])[]): readonly PartInPhonemes[] {
  const parts = sentences.flatMap((sentence) => inOneBreath(sentence));
  return parts.map((part, i) => (i === parts.length - 1 ? { ...part, pauseMs: 0 } : part));
}

function inOneBreath(sentence: readonly SoundedClause[]): PartInPhonemes[] {
  const parts: PartInPhonemes[] = [];
  let open = '';
  for (const { ipa, mark, pauseMs } of sentence) {
    open += `${open === '' ? '' : ' '}${ipa}${mark}`;
    if (pauseMs === 0 && open.length < LONG) continue;
    parts.push({ ipa: open, pauseMs: pauseMs === 0 ? COMMA_PAUSE_MS : pauseMs });
    open = '';
  }
  return open === '' ? parts : [...parts, { ipa: open, pauseMs: 0 }];
}
