import { resolve } from 'node:path';
import { PROMPTS } from '../../domain/messages.js';
import type { PromptName } from '../../domain/messages.js';
import { respell, type Lexicon } from '../../domain/spoken/lexicon.js';
import { spoken } from '../../domain/spoken/spoken.js';
import type { Log } from '../../ports/log.js';
import type { Speech } from '../../ports/speech.js';
import type { Manifest, PromptSettings } from './manifest.js';
import { COMMITTED_SETTINGS, fill } from './manifest.js';
import { lengthOf, placeOf } from './sound-files.js';

interface Options {
  readonly folder: string;
  readonly soundsFolder: string;
  readonly manifest: Manifest;
  readonly settings: PromptSettings;
  readonly speech: Speech;
  /** The administrator's own words for the voice. */
  readonly ownWords: Lexicon;
  readonly log: Log;
}

/**
 * Path of each prompt, without extension. A prompt is rendered when the settings change its words, when it
 * has one of the administrator's own words, or when another voice is set; otherwise the committed sound is
 * used. When a voice fails, the committed sound is used if it has the same words. Throws `SpeechError` when
 * other words cannot be spoken.
 */
export async function preparePrompts(options: Options): Promise<ReadonlyMap<PromptName, string>> {
  const places = await Promise.all(PROMPTS.map(async (name) => [name, await placeOfPrompt(name, options)] as const));
  return new Map(places);
}

async function placeOfPrompt(name: PromptName, options: Options): Promise<string> {
  const { folder, soundsFolder, manifest, settings, speech, ownWords, log } = options;
  const { text } = manifest.prompts[name];
  const committed = resolve(soundsFolder, name);
  const usable = lengthOf(committed) !== undefined;
  const sameWords = sayTheSame(fill(text, settings), fill(text, COMMITTED_SETTINGS));
  const sameVoice = speech.engine === manifest.engine && !hasAny(ownWords, fill(text, settings));
  if (usable && sameWords && (text === '' || sameVoice)) return committed;
  if (text === '') throw new Error(`${committed} is missing or damaged: run "npm run sounds"`);
  try {
    const { soundId } = await speech.render(fill(text, settings));
    return placeOf(folder, soundId);
  } catch (error) {
    if (!usable || !sameWords) throw error;
    log.warn('prompt not rendered with this voice, committed sound used', { prompt: name, error });
    return committed;
  }
}

/** Compares the texts first, because most are equal and a start after a crash must not wait for `spoken`. */
const sayTheSame = (one: string, other: string): boolean => one === other || spoken(one) === spoken(other);

const hasAny = (words: Lexicon, text: string): boolean =>
  words.size > 0 && respell(spoken(text), words).words.length > 0;
