import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROMPTS, type PromptName } from '../../domain/messages.js';
import { RATE, readSound, type Samples } from '../listening/sound-file.js';
import type { AlertSound } from './check-alerts.js';

const PROMPTS_FOLDER = fileURLToPath(new URL('../../../sounds/nl', import.meta.url));

/** The sounds that the service plays. They are searched for in the recordings. */
export interface ReferenceSounds {
  readonly message: Samples;
  readonly closing: Samples;
  readonly prompt: Readonly<Record<PromptName, Samples>>;
}

/** The sounds to search for in an alert call of the demo's action. */
export function alertSounds(
  prompts: ReferenceSounds['prompt'],
  message: ReferenceSounds['message'],
): Record<AlertSound, Samples> {
  return {
    message,
    prompt: prompts['alert-prompt'],
    ending: prompts['ending-child'],
    thanks: prompts.thanks,
    goodbye: prompts['alert-goodbye'],
  };
}

/** The fixed prompts. */
export async function readPrompts(): Promise<ReferenceSounds['prompt']> {
  const entries = PROMPTS.map(async (name) => [name, await readSound(join(PROMPTS_FOLDER, `${name}.alaw`))] as const);
  return Object.fromEntries(await Promise.all(entries)) as Record<PromptName, Samples>;
}

/** Paths of the sounds rendered so far. Messages are in the data folder under their hash. */
export async function renderedSounds(dataDir: string): Promise<ReadonlySet<string>> {
  const folder = join(dataDir, 'sounds');
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return new Set(names.filter((name) => /\/[0-9a-f]{32}\.alaw$/.test(name)).map((name) => join(folder, name)));
}

/** The length of a sound differs by less than this from the length that the API reports. */
const LENGTH_SECONDS = 0.005;

/**
 * The one new sound of this length. The length is needed because an action's title is rendered at the same
 * time. Throws when there is not exactly one such sound.
 */
export async function newSound(dataDir: string, before: ReadonlySet<string>, seconds: number): Promise<Samples> {
  const fresh = [...(await renderedSounds(dataDir))].filter((path) => !before.has(path));
  const sounds = await Promise.all(fresh.map((path) => readSound(path)));
  const found = sounds.filter((sound) => Math.abs(sound.length / RATE - seconds) < LENGTH_SECONDS);
  const [sound] = found;
  if (sound === undefined || found.length > 1)
    throw new Error(`${found.length} sounds of ${seconds} s were made where one was expected`);
  return sound;
}
