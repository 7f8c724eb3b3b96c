import { readFile } from 'node:fs/promises';
import type { PromptName, Sound } from '../../domain/messages.js';
import type { SoundShelf } from '../../ports/speech.js';
import { lengthOf, placeOf, wideWav } from './sound-files.js';

/** The sounds on disk: prompts where they were prepared, rendered ones under their id. */
export function createShelf(folder: string, prompts: ReadonlyMap<PromptName, string>): SoundShelf {
  /** Lengths that were read before: a call asks for the same few sounds again and again. */
  const lengths = new Map<string, number>();

  const find = (sound: Sound): { place: string; ms: number } | undefined => {
    if (sound.type === 'recorded') return { place: sound.file.replace(/\.wav$/, ''), ms: sound.ms };
    const place = sound.type === 'prompt' ? prompts.get(sound.name) : placeOf(folder, sound.soundId);
    if (place === undefined) return undefined;
    const ms = lengths.get(place) ?? lengthOf(place);
    if (ms === undefined) return undefined;
    lengths.set(place, ms);
    return { place, ms };
  };
  const get = (sound: Sound): { place: string; ms: number } => {
    const found = find(sound);
    if (found === undefined) throw new Error(`sound not there: ${nameOf(sound)}`);
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
