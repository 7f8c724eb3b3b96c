import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NARROW_RATE } from '../../src/adapters/speech/audio.js';
import { decodeALaw } from '../../src/adapters/speech/g711.js';
import { COMMITTED_SETTINGS, fill, readManifest } from '../../src/adapters/speech/manifest.js';
import { PROMPT_LANGUAGES, PROMPTS, type PromptLanguage } from '../../src/domain/messages.js';
import { spokenMessage } from '../../src/domain/spoken/spoken.js';
import { spokenIn } from '../../src/domain/spoken/spoken-in.js';
import type { BenchedEngine } from './engines.js';
import { measure, round, type Measured } from './measure.js';

/** A voice and its sounds. */
export interface Voice {
  /** `prompts nl`, or the name of an engine. */
  readonly name: string;
  /** Id of the engine. */
  readonly engine: string;
  /** Empty when the sounds are noise, from a voice with random weights. */
  readonly sounds: readonly Measured[];
  /** Time to make the sounds, as a part of their length; undefined for sounds that were made before. */
  readonly realTimeFactor?: number;
}

/** What a telephone gets of an A-law file: samples of −1 to 1. */
export const heardFrom = (alaw: Uint8Array): Float64Array =>
  Float64Array.from(decodeALaw(alaw), (sample) => sample / 32_768);

/** The committed prompts of every language. */
export async function measurePrompts(soundsFolder: string, signal: AbortSignal): Promise<Voice[]> {
  const voices: Voice[] = [];
  for (const language of PROMPT_LANGUAGES) {
    signal.throwIfAborted();
    voices.push(await promptsIn(join(soundsFolder, language), language));
  }
  return voices;
}

async function promptsIn(folder: string, language: PromptLanguage): Promise<Voice> {
  const { engine, prompts } = await readManifest(folder);
  const speaking = PROMPTS.filter((name) => prompts[name].text !== '');
  const sounds = speaking.map(async (name) => {
    const said = spokenIn[language](fill(prompts[name].text, COMMITTED_SETTINGS));
    return measure(name, said, heardFrom(await readFile(join(folder, `${name}.alaw`))), NARROW_RATE);
  });
  return { name: `prompts ${language}`, engine, sounds: await Promise.all(sounds) };
}

/** Renders the messages one after another, as the product does, and measures them. */
export async function measureEngine(
  { name, engine, onlyTime }: BenchedEngine,
  messages: readonly string[],
  signal: AbortSignal,
): Promise<Voice> {
  const sounds: Measured[] = [];
  let [seconds, took] = [0, 0];
  // The first message waits for the engine to start.
  await engine.speak('Goed.');
  for (const text of messages) {
    signal.throwIfAborted();
    const said = spokenMessage(text);
    const began = performance.now();
    const finished = await engine.speak(said);
    took += performance.now() - began;
    seconds += finished.seconds;
    if (!onlyTime) sounds.push(measure(`${text.slice(0, 36)}…`, said, heardFrom(finished.alaw), NARROW_RATE));
  }
  return { name, engine: engine.id, sounds, realTimeFactor: round(took / 1000 / seconds, 3) };
}
