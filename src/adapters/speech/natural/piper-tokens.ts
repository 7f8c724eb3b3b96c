import type { PiperSettings } from './piper-settings.js';

/**
 * The runtime turns characters into numbers of phonemes by the file `tokens.txt`. It puts text in lower case
 * and ends a sentence at a full stop, so our text has neither: the phoneme with number N is written as the
 * private-use character U+E000 + N. The runtime then adds only the marks around and between the phonemes.
 */
const FIRST = 0xe000;

const characterOf = (id: number): string => String.fromCodePoint(FIRST + id);

/** The contents of `tokens.txt`. */
export function tokensFile({ phonemes }: PiperSettings): string {
  const ids = [...new Set(Object.values(phonemes))].sort((a, b) => a - b);
  return ids.map((id) => `${characterOf(id)} ${id}\n`).join('');
}

/** Properties that the runtime reads from the model: the sound of the voice, and this way of writing. */
export function modelProperties({ marks, rate, speakers }: PiperSettings): Record<string, string | number> {
  return {
    model_type: 'vits',
    comment: 'coqui',
    language: 'Dutch',
    voice: 'nl',
    frontend: 'characters',
    has_espeak: 0,
    add_blank: 1,
    use_eos_bos: 1,
    blank_id: marks.blank,
    pad_id: marks.blank,
    bos_id: marks.start,
    eos_id: marks.end,
    n_speakers: speakers,
    sample_rate: rate,
  };
}

/**
 * The phonemes of a sentence for the runtime, and the characters that the voice has no phoneme for. The marks
 * around and between phonemes are the runtime's.
 */
export function written(ipa: string, { phonemes }: PiperSettings): { text: string; unknown: readonly string[] } {
  const characters = Array.from(ipa.normalize('NFD').replace(/[_^$]/gu, ''));
  const known = (character: string): boolean => Object.hasOwn(phonemes, character);
  return {
    text: characters
      .filter(known)
      .map((character) => characterOf(phonemes[character] ?? 0))
      .join(''),
    unknown: [...new Set(characters.filter((character) => !known(character)))],
  };
}
