import type { Synthesizer } from '@echogarden/espeak-ng-emscripten';
import { Unusable } from '../audio.js';
import { sentencesOf, type Clause } from './clauses.js';
import { newSynthesizer } from './synthesizer.js';

/** A clause in sounds. */
export interface SoundedClause extends Omit<Clause, 'text'> {
  /** Sounds in the International Phonetic Alphabet, with stress marks, words separated by spaces. */
  readonly ipa: string;
}

/**
 * The sounds of a text that is normalised and respelt by the lexicon, sentence by sentence. It takes a few ms
 * of CPU time for each clause. Throws {@link Unusable} when espeak-ng fails.
 */
export async function phonemes(script: string): Promise<readonly (readonly SoundedClause[])[]> {
  const voice = await newSynthesizer();
  return sentencesOf(script).map((sentence) =>
    sentence.map(({ text, mark, pauseMs }) => ({ ipa: ipaOf(text, voice), mark, pauseMs })),
  );
}

/** The sounds of some words. Throws {@link Unusable} when espeak-ng fails. */
export function ipaOf(words: string, voice: Synthesizer): string {
  const { code, ipa } = voice.synthesize_ipa(words);
  if (code !== 0) throw new Unusable('engine_failed', 'The embedded voice gives no sounds.');
  // The engine separates the sounds of a word with "_".
  return ipa.replaceAll('_', '').replace(/\s+/gu, ' ').trim();
}
