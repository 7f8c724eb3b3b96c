import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Finished } from './audio.js';
import { NARROW_RATE, WIDE_RATE } from './audio.js';
import { writeWav } from './wav-write.js';

export const FORMATS = ['sln16', 'ulaw', 'alaw'] as const;

/**
 * Absolute path of a sound without extension: `<folder>/<first 2>/<soundId>`. Throws an Error when `soundId`
 * has another form.
 */
export function placeOf(folder: string, soundId: string): string {
  if (!/^[0-9a-f]{32}$/.test(soundId)) throw new Error('not a sound id: it must have 32 hex digits');
  return resolve(folder, soundId.slice(0, 2), soundId);
}

/**
 * Length in ms, from the size of the A-law file. Undefined unless all formats exist and have the same length.
 */
export function lengthOf(place: string): number | undefined {
  const [sln16, ulaw, alaw] = FORMATS.map(
    (format) => statSync(`${place}.${format}`, { throwIfNoEntry: false })?.size ?? 0,
  );
  if (alaw === undefined || alaw === 0 || ulaw !== alaw) return undefined;
  // The two rates of one sound may differ by a sample.
  if (Math.abs((sln16 ?? 0) - alaw * 4) > 8) return undefined;
  return alaw / (NARROW_RATE / 1000);
}

/**
 * Writes all formats. Each file is written under a temporary name and then renamed, so that it is never
 * incomplete.
 */
export async function keep(place: string, finished: Finished): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  for (const format of FORMATS) {
    const draft = join(dirname(place), `.${randomUUID()}.tmp`);
    try {
      await writeFile(draft, finished[format]);
      await rename(draft, `${place}.${format}`);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }
}

/** The 16 kHz format as a wav. */
export async function wideWav(place: string): Promise<Uint8Array> {
  return wavOfWide(await readFile(`${place}.sln16`));
}

/** 16-bit little-endian samples of 16 kHz as a wav. */
export function wavOfWide(raw: Uint8Array): Uint8Array {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const samples = Int16Array.from({ length: Math.floor(raw.byteLength / 2) }, (_, i) => view.getInt16(i * 2, true));
  return writeWav(WIDE_RATE, samples);
}
