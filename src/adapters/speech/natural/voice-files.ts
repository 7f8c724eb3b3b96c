import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PiperSettings } from './piper-settings.js';
import { VoiceRefused } from './voice-refused.js';

/**
 * The installed voices, below the data folder:
 *
 *     voices/NAME/model.onnx    the model, made ready for the runtime
 *     voices/NAME/tokens.txt    its phonemes
 *     voices/NAME/voice.json    a {@link Voice}; written last
 *     voices/in-use             the name of the voice that speaks
 */
export interface Voice {
  readonly name: string;
  /** SHA-256 (hex) of the model as it was delivered. */
  readonly sha256: string;
  /** SHA-256 (hex) of `model.onnx`, which the voice process compares before it loads the file. */
  readonly readySha256: string;
  readonly settings: PiperSettings;
  readonly licence: string;
  /** Where the model came from: a path or a URL. */
  readonly source: string;
  /** ISO 8601. */
  readonly installedAt: string;
}

export const VOICE_NAME = /^\w[\w.-]{0,79}$/;
const IN_USE = 'in-use';

export const folderOfVoice = (voices: string, name: string): string => join(voices, name);
export const modelOf = (voices: string, name: string): string => join(voices, name, 'model.onnx');
export const tokensOf = (voices: string, name: string): string => join(voices, name, 'tokens.txt');

/** Reads one installed voice. Throws {@link VoiceRefused} when there is none with this name. */
export function readVoice(voices: string, name: string): Voice {
  try {
    if (!VOICE_NAME.test(name)) throw new Error('not a name');
    const found: unknown = JSON.parse(readFileSync(join(voices, name, 'voice.json'), 'utf8'));
    if (!isVoice(found)) throw new Error('not a voice');
    return { ...found, name };
  } catch (error) {
    throw new VoiceRefused(`there is no voice "${name}" in ${voices}; see: burgernet voices list`, { cause: error });
  }
}

/** All installed voices, by name. */
export async function listVoices(voices: string): Promise<Voice[]> {
  const names = await readdir(voices).catch(() => []);
  return names.sort().flatMap((name) => {
    try {
      return [readVoice(voices, name)];
    } catch {
      return [];
    }
  });
}

/** Name of the voice in use; undefined when no voice was chosen. */
export function nameInUse(voices: string): string | undefined {
  try {
    return readFileSync(join(voices, IN_USE), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Chooses a voice. A running service uses it from its next message on. Throws {@link VoiceRefused}. */
export async function putInUse(voices: string, name: string): Promise<Voice> {
  const voice = readVoice(voices, name);
  await mkdir(voices, { recursive: true, mode: 0o750 });
  const draft = join(voices, `.${randomUUID()}.tmp`);
  try {
    await writeFile(draft, `${name}\n`, { flush: true });
    await rename(draft, join(voices, IN_USE));
  } finally {
    await rm(draft, { force: true });
  }
  return voice;
}

/** Removes a voice that is not in use. Throws {@link VoiceRefused}. */
export async function removeVoice(voices: string, name: string): Promise<void> {
  readVoice(voices, name);
  if (nameInUse(voices) === name)
    throw new VoiceRefused(`the voice "${name}" is in use; choose another one first: burgernet voices use NAME`);
  await rm(folderOfVoice(voices, name), { recursive: true });
}

/**
 * Reads the voice in use, or the one with this name. It is read again only when its files have changed,
 * because each message asks several times.
 */
export function voiceInUse(voices: string, fixed?: string): () => Voice {
  let known: { readonly stamp: string; readonly voice: Voice } | undefined;
  return () => {
    const name = fixed ?? nameInUse(voices);
    if (name === undefined)
      throw new VoiceRefused('no natural voice is installed; see: burgernet voices install --help');
    const { mtimeMs, ino } = statSync(join(voices, name, 'voice.json'), { throwIfNoEntry: false }) ?? {};
    const stamp = `${name} ${mtimeMs} ${ino}`;
    if (known?.stamp !== stamp) known = { stamp, voice: readVoice(voices, name) };
    return known.voice;
  };
}

function isVoice(found: unknown): found is Voice {
  if (typeof found !== 'object' || found === null) return false;
  const { sha256, readySha256, settings } = found as Partial<Record<keyof Voice, unknown>>;
  return typeof sha256 === 'string' && typeof readySha256 === 'string' && typeof settings === 'object';
}
