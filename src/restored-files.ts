import { chmod, copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Problem } from './domain/problem.js';
import { factsOf, type FileFacts } from './backup-manifest.js';

export interface Placing {
  readonly from: string;
  readonly to: string;
  /** Expected size and checksum; undefined when the backup does not record them. */
  readonly facts: FileFacts | undefined;
}

/** Temporary name next to the target, until all files are copied and verified. */
export const arriving = (to: string): string => `${to}.restoring`;
const former = (to: string): string => `${to}.before-restore`;

/**
 * Copies each file to its temporary name and verifies the copy. When a copy fails, removes all of them and
 * throws.
 */
export async function bringFiles(placings: readonly Placing[]): Promise<void> {
  try {
    for (const { from, to, facts } of placings) {
      await mkdir(dirname(to), { recursive: true, mode: 0o700 });
      await copyFile(from, arriving(to));
      await chmod(arriving(to), 0o600);
      await flushToDisk(arriving(to));
      const copied = facts && (await factsOf(arriving(to)));
      if (copied?.sha256 !== facts?.sha256) throw new Problem('unavailable', `${to} was not written as it was read`);
    }
  } catch (error) {
    await forgetFiles(placings);
    throw error;
  }
}

export async function forgetFiles(placings: readonly Placing[]): Promise<void> {
  // A file that cannot be removed must not prevent the removal of the others.
  for (const { to } of placings) await rm(arriving(to), { force: true }).catch(() => undefined);
}

/**
 * Moves each file to its place, in the given order. Replaced files are kept until all moves have succeeded,
 * and restored when one fails.
 */
export async function placeFiles(placings: readonly Placing[]): Promise<void> {
  const placed: { to: string; wasThere: boolean }[] = [];
  try {
    for (const { to } of placings) {
      const wasThere = await moved(to, former(to));
      placed.push({ to, wasThere });
      await rename(arriving(to), to);
    }
  } catch (error) {
    for (const { to, wasThere } of placed.toReversed()) {
      await rm(to, { force: true });
      if (wasThere) await rename(former(to), to);
    }
    await forgetFiles(placings);
    throw error;
  }
  for (const { to, wasThere } of placed) if (wasThere) await rm(former(to), { force: true });
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Flushes the file to disk. Resolves with its size. */
export async function flushToDisk(file: string): Promise<number> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}
