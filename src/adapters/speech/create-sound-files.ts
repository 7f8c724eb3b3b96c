import { readFile } from 'node:fs/promises';
import type { PromptName, Sound } from '../../domain/messages.js';
import type { SoundFiles } from '../../ports/speech.js';
import { lengthOf, placeOf, wideWav } from './sound-files.js';

interface Found {
  readonly place: string;
  readonly ms: number;
}

/** The sounds on disk: prompts at their prepared paths, rendered sounds by id. */
export function createSoundFiles(folder: string, prompts: ReadonlyMap<PromptName, string>): SoundFiles {
  /** Sounds found before, because every call asks a dozen times for the same few sounds. */
  const cache = { prompt: new Map<string, Found>(), rendered: new Map<string, Found>() };

  const find = (sound: Sound): Found | undefined => {
    if (sound.type === 'recorded') return { place: sound.file.replace(/\.wav$/, ''), ms: sound.ms };
    const key = sound.type === 'prompt' ? sound.name : sound.soundId;
    const before = cache[sound.type].get(key);
    if (before) return before;
    const place = sound.type === 'prompt' ? prompts.get(sound.name) : placeOf(folder, sound.soundId);
    const ms = place === undefined ? undefined : lengthOf(place);
    if (place === undefined || ms === undefined) return undefined;
    const found = { place, ms };
    cache[sound.type].set(key, found);
    return found;
  };
  const get = (sound: Sound): Found => {
    const found = find(sound);
    if (found === undefined) throw new Error(`sound not found: ${nameOf(sound)}`);
    return found;
  };

  return {
    pathOf: (sound) => get(sound).place,
    msOf: (sound) => get(sound).ms,
    wavOf: async (sound) => {
      if (sound.type === 'recorded') return readFile(sound.file).catch(() => undefined);
      const found = find(sound);
      return found === undefined ? undefined : wideWav(found.place);
    },
  };
}

function nameOf(sound: Sound): string {
  if (sound.type === 'prompt') return sound.name;
  return sound.type === 'rendered' ? sound.soundId : sound.file;
}
