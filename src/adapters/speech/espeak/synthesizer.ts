import load, { type Synthesizer } from '@echogarden/espeak-ng-emscripten';
import type { PromptLanguage } from '../../../domain/messages.js';
import { Unusable } from '../audio.js';

/** The name of each voice in espeak-ng. */
export const ESPEAK_VOICES: Readonly<Record<PromptLanguage, string>> = { nl: 'nl', en: 'en-gb' };

/**
 * A new espeak-ng with its voice of a language, in about 40 ms. Every text gets a new one, because the
 * voice's flutter carries over from one text to the next. It uses its own memory only, so it may run in any
 * thread or process.
 */
export async function newSynthesizer(language: PromptLanguage = 'nl'): Promise<Synthesizer> {
  const { eSpeakNGWorker: New } = await load();
  const voice = new New();
  const name = ESPEAK_VOICES[language];
  if (voice.set_voice(name, name, 0, 0, 0) !== 0)
    throw new Unusable('engine_failed', `The embedded voice does not speak "${language}".`);
  return voice;
}

/** Text as SSML, because that is what espeak-ng reads. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
