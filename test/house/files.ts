import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The root of the repository, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Paths of all files below a folder, from the root with forward slashes. Folders that `enter` refuses are
 * left out.
 */
export function filesBelow(folder: string, enter: (folder: string) => boolean = () => true): string[] {
  return readdirSync(ROOT + folder, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return enter(path) ? filesBelow(path, enter) : [];
    return entry.isFile() ? [path] : [];
  });
}

export const textOf = (path: string): string => readFileSync(ROOT + path, 'utf8');
