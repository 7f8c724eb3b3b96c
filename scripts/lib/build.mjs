// Builds dist/: the compiled src/, and copies of the files of src/ that are not TypeScript (pages, styles).
// The build is made in a folder beside dist/ and then renamed.

import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { mustRun } from './processes.mjs';
import { step } from './say.mjs';
import { filesIn, hashOf, isStamped, writeStamp } from './stamp.mjs';

const STAMP = '.burgernet-stamp';
const MADE_FROM = ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

/** True when dist/ was made from the sources as they are now. */
export function buildIsReady(home) {
  return isStamped(join(home, 'dist', STAMP), hashOf(home, MADE_FROM));
}

/** Compiles the sources to dist/ unless dist/ is up to date. Throws SetupError when the compiler fails. */
export async function makeBuildReady(home) {
  if (buildIsReady(home)) return;
  const hash = hashOf(home, MADE_FROM);
  // This folder is beside dist, so that the relative paths in the source maps stay right.
  const making = join(home, 'dist.making');
  const old = join(home, 'dist.old');
  const removeLeftovers = () => [making, old].forEach((folder) => rmSync(folder, { recursive: true, force: true }));
  removeLeftovers();
  try {
    const tsc = join(home, 'node_modules/typescript/bin/tsc');
    const args = [tsc, '-p', 'tsconfig.build.json', '--outDir', making];
    await step('building (tsc)', () => mustRun('The build', process.execPath, args, { cwd: home }));
    copyOtherFiles(join(home, 'src'), making);
    writeStamp(join(making, STAMP), hash);
    if (existsSync(join(home, 'dist'))) renameSync(join(home, 'dist'), old);
    renameSync(making, join(home, 'dist'));
  } finally {
    removeLeftovers();
  }
}

function copyOtherFiles(source, target) {
  for (const file of filesIn(source).filter((name) => !/\.[cm]?ts$/.test(name))) {
    const copy = join(target, relative(source, file));
    mkdirSync(dirname(copy), { recursive: true });
    cpSync(file, copy);
  }
}
