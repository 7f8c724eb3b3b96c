import { readFile } from 'node:fs/promises';
import type { Prompt, Sound } from '../../domain/messages.js';
import type { SoundFiles } from '../../ports/speech.js';
import { lengthOf, placeOf, wideWav } from './sound-files.js';

interface Found {
  readonly place: string;
  readonly ms: number;
}

/**
 * The sounds on disk: prompts at their current places, rendered sounds by id. A file at a place never
 * changes, so a call plays the sounds that it has asked for, even when a prompt is replaced meanwhile.
 */
export function createSoundFiles(folder: string, promptPlace: (prompt: Prompt) => string | undefined): SoundFiles {
  /** Lengths by place, because every call asks a dozen times for the same few sounds. */
  const lengths = new Map<string, number>();

  const find = (sound: Sound): Found | undefined => {
    if (sound.type === 'recorded') return { place: sound.file.replace(/\.wav$/, ''), ms: sound.ms };
    const place = sound.type === 'prompt' ? promptPlace(sound) : placeOf(folder, sound.soundId);
    if (place === undefined) return undefined;
    const ms = lengths.get(place) ?? lengthOf(place);
    if (ms === undefined) return undefined;
    lengths.set(place, ms);
    return { place, ms };
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
