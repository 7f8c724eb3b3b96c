import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PROMPT_SETS, type PromptSet } from '../../domain/prompts/sentences.js';
import { NO_TAKES, type ReaderTakes, type Take, type Takes } from '../../domain/prompts/takes.js';
import type { Log } from '../../ports/log.js';

/**
 * Reads the takes. A damaged file is put aside and logged, and the service starts with the voice of the
 * engine.
 */
export async function readTakes(file: string, log: Log): Promise<Takes> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return NO_TAKES;
  try {
    return takesOf(JSON.parse(text));
  } catch (error) {
    const aside = `${file}.damaged`;
    await rename(file, aside);
    log.error('the list of recorded sentences is damaged and was put aside', { file: aside, error: String(error) });
    return NO_TAKES;
  }
}

/** Writes the takes to disk, whole or not at all. */
export async function writeTakes(file: string, takes: Takes): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(draft, 'w', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(takes, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function takesOf(found: unknown): Takes {
  if (!isObject(found) || !isObject(found['readers']) || !isObject(found['chosen']))
    throw new Error('no list of takes');
  const readers = Object.entries(found['readers']).map(([reader, own]) => [reader, readerTakesOf(own)] as const);
  const chosen = Object.entries(found['chosen']).map(([set, reader]) => {
    if (!PROMPT_SETS.includes(set as PromptSet) || typeof reader !== 'string') throw new Error(`no set: ${set}`);
    return [set, reader] as const;
  });
  return { readers: Object.fromEntries(readers), chosen: Object.fromEntries(chosen) };
}

function readerTakesOf(found: unknown): ReaderTakes {
  if (!isObject(found)) throw new Error('no list of takes');
  return Object.fromEntries(Object.entries(found).map(([name, take]) => [name, takeOf(take)]));
}

function takeOf(found: unknown): Take {
  if (!isObject(found)) throw new Error('no take');
  const { at, seconds, soundId, text } = found;
  const isSound = typeof soundId === 'string' && /^[0-9a-f]{32}$/.test(soundId);
  if (typeof at !== 'number' || typeof seconds !== 'number' || typeof text !== 'string' || !isSound)
    throw new Error('no take');
  return { at, seconds, soundId, text };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
