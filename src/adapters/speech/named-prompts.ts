import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { PromptName } from '../../domain/messages.js';
import { FORMATS } from './sound-files.js';

/**
 * The prompts that Asterisk's configuration plays by name, most of them while the controller is away. They
 * lie in a folder of their own, each under its name, in the voice that speaks now.
 */
export const NAMED_PROMPTS = [
  'thanks',
  'closing-thanks',
  'tip-down',
  'tip-record',
  'tip-recorded',
  'tip-unavailable',
  'desk-unavailable',
  'beep',
  'hold',
  'silence',
  'silence-4',
  'silence-5',
] as const satisfies readonly PromptName[];

const isNamed = (name: PromptName): boolean => NAMED_PROMPTS.some((named) => named === name);

/**
 * Puts the sound of a prompt into the folder. A call that is playing the old sound plays it to its end,
 * because Asterisk has that file open.
 */
export async function putNamedPrompt(folder: string, name: PromptName, place: string): Promise<void> {
  if (!isNamed(name)) return;
  await mkdir(folder, { recursive: true });
  for (const format of FORMATS) await put(`${place}.${format}`, folder, `${name}.${format}`);
}

/** Puts the committed sounds into the folder, before Asterisk starts for the first time. */
export async function fillNamedPrompts(folder: string, committed: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of NAMED_PROMPTS) {
    for (const format of FORMATS) {
      const there = await readFile(join(folder, `${name}.${format}`)).catch(() => undefined);
      if (there === undefined) await put(join(committed, `${name}.${format}`), folder, `${name}.${format}`);
    }
  }
}

/** Does nothing when the file is the same already. */
async function put(from: string, folder: string, name: string): Promise<void> {
  const to = join(folder, name);
  const [sound, there] = await Promise.all([readFile(from), readFile(to).catch(() => undefined)]);
  if (there?.equals(sound)) return;
  const draft = join(folder, `.${randomUUID()}.tmp`);
  try {
    await copyFile(from, draft);
    await rename(draft, to);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
