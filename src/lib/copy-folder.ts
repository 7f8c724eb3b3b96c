import { copyFile, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Copies the files of a folder over those of another folder. Each file appears whole, because another process
 * may be reading the old one.
 */
export async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const target = join(to, entry.name);
    await copyFile(join(from, entry.name), `${target}.new`);
    await rename(`${target}.new`, target);
  }
}
