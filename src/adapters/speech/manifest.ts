import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROMPTS } from '../../domain/messages.js';
import type { PromptName } from '../../domain/messages.js';

/** One fixed prompt: its text, or for a sound that is no speech an empty text and what it is. */
export interface PromptEntry {
  readonly text: string;
  readonly note?: string;
  /** Over what decides how it sounds; differs from the text's own hash until `npm run sounds` has run. */
  readonly sha256: string;
  readonly seconds: number;
}

/** `manifest.json`: the texts of all prompts, beside their sounds. The texts are edited here. */
export interface Manifest {
  readonly language: string;
  /** Which engine spoke the sounds. */
  readonly engine: string;
  readonly prompts: Readonly<Record<PromptName, PromptEntry>>;
}

/** What stands for `{tipLine}` and `{service}` in a text. */
export interface PromptSettings {
  readonly tipLine: string;
  readonly service: string;
}

/** With these the committed sounds are made. */
export const COMMITTED_SETTINGS: PromptSettings = { tipLine: '0800-0011', service: 'Burgernet' };

/** Throws when the file is missing, is no manifest, or lacks a prompt; the message names it. */
export async function readManifest(soundsFolder: string): Promise<Manifest> {
  const file = join(soundsFolder, 'manifest.json');
  const found: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (!isObject(found) || !isObject(found['prompts'])) throw new Error(`${file} is no manifest of prompts`);
  const { language, engine, prompts } = found;
  if (typeof language !== 'string' || typeof engine !== 'string')
    throw new Error(`${file}: language or engine is missing`);
  const entries = PROMPTS.map((name) => [name, entryOf(prompts[name], `${file}: ${name}`)] as const);
  return { language, engine, prompts: Object.fromEntries(entries) as Record<PromptName, PromptEntry> };
}

/** The text with the settings filled in. Throws on a placeholder that does not exist. */
export function fill(text: string, { tipLine, service }: PromptSettings): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'tipLine') return tipLine;
    if (name === 'service') return service;
    throw new Error(`unknown placeholder {${name}} in a prompt`);
  });
}

function entryOf(found: unknown, where: string): PromptEntry {
  if (!isObject(found) || typeof found['text'] !== 'string') throw new Error(`${where} has no text`);
  const { text, note, sha256, seconds } = found;
  return {
    text,
    ...(typeof note === 'string' ? { note } : {}),
    sha256: typeof sha256 === 'string' ? sha256 : '',
    seconds: typeof seconds === 'number' ? seconds : 0,
  };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
