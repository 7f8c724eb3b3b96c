import { open, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CallId } from '../../../ports/call.js';
import type { OfflineRecording } from '../../../ports/telephony.js';
import { readShownCaller, type ShownCaller } from './caller-id.js';

/** Asterisk records 16-bit samples at 8 kHz, after a header of 44 bytes. */
const HEADER_BYTES = 44;
const BYTES_PER_MS = 16;

/** Length of a recording in ms, from the size of its file. */
export const msOfSize = (bytes: number): number => Math.max(0, bytes - HEADER_BYTES) / BYTES_PER_MS;

/**
 * Resolves when a file that Asterisk wrote, and its name in the folder, are on disk. Does nothing for a file
 * that cannot be opened, because it is on another machine, the one where Asterisk runs.
 */
export async function flushToDisk(file: string): Promise<void> {
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
 * `left-<ms UTC of the call>-<call id>-<number in digits, or withheld>.wav`, as the dialplan names them
 * (tip-line.conf). The file is empty when the caller hung up before the recording.
 */
const OFFLINE_RECORDING = /^left-(\d{13})-([\w.]+)-(withheld|\d+)\.wav$/;

/**
 * The recordings that the dialplan made while the controller was down, safe on disk. A recording whose call
 * is to be skipped is left out by its name, without opening the file.
 */
export async function offlineRecordings(
  folder: string,
  skip: (callId: CallId) => boolean,
): Promise<OfflineRecording[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => OFFLINE_RECORDING.test(name)).sort();
  const found = await Promise.all(
    names.map(async (name): Promise<OfflineRecording[]> => {
      const [, receivedAt = '', callId = '', number = ''] = OFFLINE_RECORDING.exec(name) ?? [];
      if (skip(callId)) return [];
      const file = join(folder, name);
      const found = await stat(file).catch(ignoreGone);
      // Somebody removed the file after the folder was listed. The other recordings are still taken in.
      if (!found) return [];
      const { size, mtimeMs } = found;
      await flushToDisk(file);
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

function ignoreGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** Reads the headers of the INVITE from the file beside the recording, else the number in the file name. */
async function callerOf(folder: string, callId: CallId, number: string): Promise<ShownCaller> {
  const encoded = await readFile(join(folder, `caller-${callId}`), 'utf8').catch(() => '');
  if (encoded !== '') return readShownCaller(encoded.trim());
  return { from: number === 'withheld' ? undefined : number, withheld: number === 'withheld' };
}
