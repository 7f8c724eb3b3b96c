import { open, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CallId } from '../../../ports/call.js';
import type { OfflineRecording } from '../../../ports/telephony.js';
import { readShownCaller, type ShownCaller } from './caller-id.js';

/** What Asterisk records is 16 bits at 8 kHz, behind a header of 44 bytes. */
const HEADER_BYTES = 44;
const BYTES_A_MS = 16;

/** Length of a recording by its size, in ms. */
export const msOfSize = (bytes: number): number => Math.max(0, bytes - HEADER_BYTES) / BYTES_A_MS;

/**
 * Resolves when a file that Asterisk has written is on disk, and so is its name in the folder. A file that we cannot see lies
 * on the machine of an Asterisk elsewhere, and is its business.
 */
export async function toDisk(file: string): Promise<void> {
  for (const path of [file, dirname(file)]) {
    const handle = await open(path, 'r').catch(() => undefined);
    if (!handle) return;
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/**
 * `left-<ms UTC of the call>-<id of the call>-<number in digits, or withheld>.wav`, as the dialplan names them (tip-line.conf). Empty
 * when they hung up before they could say anything.
 */
const LEFT = /^left-(\d{13})-([\w.]+)-(withheld|\d+)\.wav$/;

/** What the dialplan recorded by itself, safe on disk. Of calls that are passed over only the name is looked at. */
export async function leftRecordings(
  folder: string,
  passOver: (callId: CallId) => boolean,
): Promise<OfflineRecording[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => LEFT.test(name)).sort();
  const found = await Promise.all(
    names.map(async (name): Promise<OfflineRecording[]> => {
      const [, receivedAt = '', callId = '', number = ''] = LEFT.exec(name) ?? [];
      if (passOver(callId)) return [];
      const file = join(folder, name);
      const { size, mtimeMs } = await stat(file);
      await toDisk(file);
      return [
        {
          callId,
          ...(await callerOf(folder, callId, number)),
          receivedAt: Number(receivedAt),
          endedAt: Math.round(mtimeMs),
          name: name.replace(/\.wav$/, ''),
          ms: msOfSize(size),
        },
      ];
    }),
  );
  return found.flat();
}

/** What the INVITE says of the caller stands in a file of its own; the name of a recording has what Asterisk read of it. */
async function callerOf(folder: string, callId: CallId, number: string): Promise<ShownCaller> {
  const told = await readFile(join(folder, `caller-${callId}`), 'utf8').catch(() => '');
  if (told !== '') return readShownCaller(told.trim());
  return { from: number === 'withheld' ? undefined : number, withheld: number === 'withheld' };
}
