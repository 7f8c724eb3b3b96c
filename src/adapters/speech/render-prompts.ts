import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PROMPTS } from '../../domain/messages.js';
import type { PromptLanguage, PromptName } from '../../domain/messages.js';
import { spokenIn } from '../../domain/spoken/spoken-in.js';
import type { Audio, Finished } from './audio.js';
import { hash, hashOfText } from './content-hash.js';
import { embeddedEngine } from './embedded.js';
import type { SpeechEngine } from './engine.js';
import { finish, FINISH_VERSION } from './finish.js';
import { openLexicon } from './lexicon-files.js';
import type { Manifest, PromptEntry } from './manifest.js';
import { COMMITTED_SETTINGS, fill, readManifest } from './manifest.js';
import { keep } from './sound-files.js';
import { createSoundWorker } from './sound-worker.js';
import { beep, hold, quiet, ringing, TONES_VERSION } from './tones.js';

/** Sounds without speech. */
const TONES: Partial<Record<PromptName, () => Audio>> = {
  beep,
  hold,
  ringing,
  'silence-short': () => quiet(0.25),
  silence: () => quiet(1),
  'silence-4': () => quiet(4),
  'silence-5': () => quiet(5),
};

export interface RenderedPrompt {
  readonly name: PromptName;
  readonly text: string;
  readonly seconds: number;
}

/** The `sha256` that a prompt must have for its current text. */
export function hashOfPrompt(name: PromptName, text: string, engine: SpeechEngine, language: PromptLanguage): string {
  if (TONES[name] !== undefined) return hash(`${name} ${TONES_VERSION} ${FINISH_VERSION}`);
  return hashOfText(engine, spokenIn[language](fill(text, COMMITTED_SETTINGS)));
}

/**
 * Renders all fixed prompts of a language again with the embedded engine, from the texts in `manifest.json`,
 * and writes their hashes and lengths into that file. The same texts give the same bytes. Throws
 * `SpeechError` when a text cannot be spoken.
 */
export async function renderPrompts(soundsFolder: string): Promise<RenderedPrompt[]> {
  const manifest = await readManifest(soundsFolder);
  const { language } = manifest;
  const worker = createSoundWorker();
  try {
    const engine = embeddedEngine(worker, (await openLexicon(soundsFolder)).lexicon, language);
    const entries: [PromptName, PromptEntry][] = [];
    for (const name of PROMPTS) {
      const entry = manifest.prompts[name];
      const finished = await make(name, entry.text, engine, language);
      await keep(resolve(soundsFolder, name), finished);
      const sha256 = hashOfPrompt(name, entry.text, engine, language);
      entries.push([name, { ...entry, sha256, seconds: Math.round(finished.seconds * 1000) / 1000 }]);
    }
    await writeManifest(soundsFolder, {
      language,
      engine: engine.id,
      prompts: Object.fromEntries(entries) as Manifest['prompts'],
    });
    return entries.map(([name, { text, seconds }]) => ({ name, text: fill(text, COMMITTED_SETTINGS), seconds }));
  } finally {
    await worker.close();
  }
}

function make(
  name: PromptName,
  text: string,
  engine: SpeechEngine,
  language: PromptLanguage,
): Promise<Finished> | Finished {
  const tone = TONES[name];
  if (tone !== undefined) return finish(tone(), 'tone');
  return engine.speak(spokenIn[language](fill(text, COMMITTED_SETTINGS)));
}

async function writeManifest(soundsFolder: string, manifest: Manifest): Promise<void> {
  await writeFile(join(soundsFolder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
