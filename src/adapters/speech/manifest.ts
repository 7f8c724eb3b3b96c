import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROMPTS, PROMPT_LANGUAGES } from '../../domain/messages.js';
import type { PromptLanguage, PromptName } from '../../domain/messages.js';

/** One fixed prompt. A sound without speech has an empty text and a note that describes it. */
export interface PromptEntry {
  readonly text: string;
  readonly note?: string;
  /**
   * Content hash of the rendered sound. After a change of the text it is out of date until `npm run sounds`
   * has run.
   */
  readonly sha256: string;
  readonly seconds: number;
}

/** `manifest.json`: the texts of all prompts, beside their sounds. Edit the texts in that file. */
export interface Manifest {
  readonly language: PromptLanguage;
  /** Id of the engine that rendered the sounds. */
  readonly engine: string;
  readonly prompts: Readonly<Record<PromptName, PromptEntry>>;
}

/** Values of `{tipLine}` and `{service}` in a text. */
export interface PromptSettings {
  readonly tipLine: string;
  readonly service: string;
}

/** The committed sounds are rendered with these values. */
export const COMMITTED_SETTINGS: PromptSettings = { tipLine: '0800-0011', service: 'Burgernet' };

/**
 * Throws an Error that names the file or the prompt, when the manifest is missing, malformed or incomplete.
 */
export async function readManifest(soundsFolder: string): Promise<Manifest> {
  const file = join(soundsFolder, 'manifest.json');
  const found: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (!isObject(found) || !isObject(found['prompts'])) throw new Error(`${file} is not a manifest of prompts`);
  const { language, engine, prompts } = found;
  const known = PROMPT_LANGUAGES.find((one) => one === language);
  if (known === undefined || typeof engine !== 'string') throw new Error(`${file}: language or engine is missing`);
  const entries = PROMPTS.map((name) => [name, entryOf(prompts[name], `${file}: ${name}`)] as const);
  return { language: known, engine, prompts: Object.fromEntries(entries) as Record<PromptName, PromptEntry> };
}

/** The text with the settings filled in. Throws an Error on an unknown placeholder. */
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
