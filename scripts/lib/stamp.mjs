// A stamp is a file with a hash of the sources from which something was made. The same hash means that
// nothing has to be made again.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * A hash over the names and contents of files and folders below `base`, and over plain words such as a
 * version. A missing file counts too.
 */
export function hashOf(base, paths, words = []) {
  const hash = createHash('sha256').update(JSON.stringify(words));
  for (const path of paths) {
    for (const file of filesIn(join(base, path))) {
      const content = readIfThere(file);
      hash.update(`\0${relative(base, file)}\0${content?.length ?? 'missing'}\0`).update(content ?? '');
    }
  }
  return hash.digest('hex');
}

/** True when the stamp holds this hash. */
export function isStamped(stampFile, hash) {
  return readIfThere(stampFile)?.toString().trim() === hash;
}

/** Writes the stamp. */
export function writeStamp(stampFile, hash) {
  writeFileSync(stampFile, `${hash}\n`);
}

/** The file itself, or every file below the folder in a fixed order. */
export function filesIn(path) {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  const names = readdirSync(path).sort();
  return names.flatMap((name) => filesIn(join(path, name)));
}

/**
 * Whether the packages that npm lists as installed (node_modules/.package-lock.json) fit the lockfile. No
 * package may be installed that the lockfile lacks or has in another version. Only optional packages may be
 * missing. Most of those are for other systems.
 */
export function fitsLockfile(lockfile, installed) {
  const wanted = Object.entries(lockfile.packages ?? {}).filter(([path]) => path !== '');
  const present = installed.packages ?? {};
  const paths = new Set(wanted.map(([path]) => path));
  return (
    wanted.every(([path, { version, optional, devOptional, peer }]) =>
      path in present ? present[path].version === version : Boolean(optional || devOptional || peer),
    ) && Object.keys(present).every((path) => paths.has(path))
  );
}

function readIfThere(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
