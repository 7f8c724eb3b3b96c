import load from '@echogarden/espeak-ng-emscripten';
import { Unusable } from '../audio.js';
import { withLetterNames } from '../espeak/letters.js';
import { spokenParts } from './sentences.js';

/** A part of a text in the International Phonetic Alphabet, with its marks, and the silence after it. */
export interface PartInPhonemes {
  readonly ipa: string;
  readonly pauseMs: number;
}

/** A text that is normalised and respelt by the lexicon, in the phonemes of espeak-ng. Runs in the worker. */
export async function inPhonemes(text: string): Promise<readonly PartInPhonemes[]> {
  const { eSpeakNGWorker: Synthesizer } = await load();
  const voice = new Synthesizer();
  if (voice.set_voice('nl', 'nl', 0, 0, 0) !== 0) throw new Unusable('engine_failed', 'espeak-ng has no Dutch.');
  const ipaOf = (clause: string): string => {
    const { code, ipa } = voice.synthesize_ipa(withLetterNames(clause));
    if (code !== 0) throw new Unusable('engine_failed', 'espeak-ng made no phonemes.');
    return ipa.replace(/_/gu, '').replace(/\s+/gu, ' ').trim();
  };
  return spokenParts(text).map(({ text: part, pauseMs }) => ({ ipa: withMarks(part, ipaOf), pauseMs }));
}

/** espeak-ng drops the marks, and a voice speaks by them, so each clause goes through it by itself. */
function withMarks(part: string, ipaOf: (clause: string) => string): string {
  return [...part.matchAll(/([^,.!?]+)([,.!?]*)\s*/gu)]
    .map(([, clause = '', marks = '']) => `${ipaOf(clause)}${marks.slice(0, 1)}`)
    .join(' ');
}
