import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Finished } from './audio.js';
import { NARROW_RATE, WIDE_RATE } from './audio.js';
import { writeWav } from './wav-write.js';

const FORMS = ['sln16', 'ulaw', 'alaw'] as const;

/** Where a sound lies: `<folder>/<first 2>/<soundId>`, without extension, absolute. Throws when it is no sound id. */
export function placeOf(folder: string, soundId: string): string {
  if (!/^[0-9a-f]{32}$/.test(soundId)) throw new Error('not a sound id: 32 hex digits are allowed');
  return resolve(folder, soundId.slice(0, 2), soundId);
}

/** Length in ms by the size of the A-law file; undefined unless all forms are there and agree. */
export function lengthOf(place: string): number | undefined {
  const [sln16, ulaw, alaw] = FORMS.map((form) => statSync(`${place}.${form}`, { throwIfNoEntry: false })?.size ?? 0);
  if (alaw === undefined || alaw === 0 || ulaw !== alaw) return undefined;
  // Two rates of one sound may differ by a sample.
  if (Math.abs((sln16 ?? 0) - alaw * 4) > 8) return undefined;
  return alaw / (NARROW_RATE / 1000);
}

/** Writes all forms, each whole or not at all: to a name of its own first, then renamed. */
export async function keep(place: string, finished: Finished): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  for (const form of FORMS) {
    const draft = join(dirname(place), `.${randomUUID()}.tmp`);
    try {
      await writeFile(draft, finished[form]);
      await rename(draft, `${place}.${form}`);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }
}

/** The wide form as a wav. */
export async function wideWav(place: string): Promise<Uint8Array> {
  const raw = await readFile(`${place}.sln16`);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const samples = Int16Array.from({ length: Math.floor(raw.byteLength / 2) }, (_, i) => view.getInt16(i * 2, true));
  return writeWav(WIDE_RATE, samples);
}
