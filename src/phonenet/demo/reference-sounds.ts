import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROMPTS, type PromptName } from '../../domain/messages.js';
import { readSound, type Samples } from '../sound-file.js';

const PROMPTS_FOLDER = fileURLToPath(new URL('../../../sounds/nl', import.meta.url));

/** What the service has to say, as the files it plays: to be looked for in what people heard. */
export interface ReferenceSounds {
  readonly message: Samples;
  readonly closing: Samples;
  readonly prompt: Readonly<Record<PromptName, Samples>>;
}

/** The fixed prompts. */
export async function readPrompts(): Promise<ReferenceSounds['prompt']> {
  const entries = PROMPTS.map(async (name) => [name, await readSound(join(PROMPTS_FOLDER, `${name}.alaw`))] as const);
  return Object.fromEntries(await Promise.all(entries)) as Record<PromptName, Samples>;
}

/** Paths of the sounds rendered so far: those of messages lie in the data folder under their hash. */
export async function renderedSounds(dataDir: string): Promise<ReadonlySet<string>> {
  const folder = join(dataDir, 'sounds');
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return new Set(names.filter((name) => /\/[0-9a-f]{32}\.alaw$/.test(name)).map((name) => join(folder, name)));
}

/** The sound that has come since; the longest one, for an action's title is spoken too. Throws when none has come. */
export async function newSound(dataDir: string, before: ReadonlySet<string>): Promise<Samples> {
  const fresh = [...(await renderedSounds(dataDir))].filter((path) => !before.has(path));
  const [longest] = (await Promise.all(fresh.map(readSound))).toSorted((a, b) => b.length - a.length);
  if (longest === undefined) throw new Error('no sound was made where one was expected');
  return longest;
}
