// node_modules as package-lock.json wants it, with better-sqlite3 in working order.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { needPrograms } from './apt.mjs';
import { mustRun, run, SetupError, which } from './processes.mjs';
import { step } from './say.mjs';
import { fitsLockfile, hashOf, isStamped, writeStamp } from './stamp.mjs';

/** Included before every source of better-sqlite3. */
const GUARD = 'object-wrap-without-hooks.h';
/** The packages whose install script is run (`allowScripts` in package.json names the same). */
const WITH_SCRIPTS = ['better-sqlite3', 'esbuild'];
const COMPILER = { python3: 'python3', make: 'make', 'g++': 'g++' };

const stampFile = (home) => join(home, 'node_modules', '.burgernet-stamp');

function wantedHash(home) {
  const node = [process.platform, process.arch, process.versions.modules];
  return hashOf(home, ['package-lock.json', 'package.json'], node);
}

/** True when nothing has changed since the packages were last made sure of. */
export function packagesAreReady(home) {
  return isStamped(stampFile(home), wantedHash(home));
}

/** Makes sure of node_modules. A whole one that npm put there by itself is kept: compiling better-sqlite3 takes a minute. */
export async function makePackagesReady(home) {
  if (packagesAreReady(home)) return;
  const hash = wantedHash(home);
  if (!(await isWhole(home))) await install(home);
  writeStamp(stampFile(home), hash);
}

async function isWhole(home) {
  const [lockfile, installed] = ['package-lock.json', 'node_modules/.package-lock.json'].map((name) => {
    const file = join(home, name);
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  });
  if (!lockfile || !installed || !fitsLockfile(lockfile, installed)) return false;
  return Object.keys(installed.packages).every((path) => existsSync(join(home, path))) && (await sqliteWorks(home));
}

async function sqliteWorks(home) {
  const program = "new (require('better-sqlite3'))(':memory:').close()";
  if ((await run(process.execPath, ['-e', program], { cwd: home })).code !== 0) return false;
  // One that was compiled without the guard (object-wrap-without-hooks.h) aborts now and then on a newer Node.
  const library = join(home, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node');
  return !readFileSync(library).includes('RemoveEnvironmentCleanupHook');
}

async function install(home) {
  const [npm, before] = npmProgram();
  const options = { cwd: home, env: buildEnvironment() };
  // Scripts apart: what was downloaded need not be downloaded again when the compiler turns out to be missing.
  const ci = [...before, 'ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  await step('installing packages (npm ci)', () => mustRun('npm ci', npm, ci, options));
  const rebuild = [...before, 'rebuild', ...WITH_SCRIPTS];
  await step('compiling better-sqlite3', async () => {
    if ((await run(npm, rebuild, options)).code === 0 && (await sqliteWorks(home))) return;
    await needPrograms('Compiling better-sqlite3', COMPILER);
    const compiled = { ...options, env: { ...options.env, npm_config_build_from_source: 'better-sqlite3' } };
    await mustRun('Compiling better-sqlite3', npm, rebuild, compiled);
    if (!(await sqliteWorks(home)))
      throw new SetupError(
        `better-sqlite3 was built but does not load, or without ${GUARD}. Remove node_modules and try again`,
      );
  });
}

/** The npm that started us, else the one on the PATH. */
function npmProgram() {
  const started = process.env.npm_execpath ?? '';
  if (started.endsWith('npm-cli.js') && existsSync(started)) return [process.execPath, [started]];
  const npm = which('npm');
  if (!npm) throw new SetupError('npm is missing. Install Node.js with npm (20.19 or newer) and try again.');
  return [npm, []];
}

/**
 * Node's own headers where they are installed, which saves downloading them. More cores for the compiler would not help:
 * nearly all its time goes into one file, SQLite's (69 s on two cores, 71 s on one).
 */
function buildEnvironment() {
  const prefix = dirname(dirname(process.execPath));
  const headers = existsSync(join(prefix, 'include/node/node.h')) ? { npm_config_nodedir: prefix } : {};
  const given = process.env;
  // The folder goes by its own way, for it may have a space in its name.
  const guard = {
    CXXFLAGS: [given.CXXFLAGS, `-include ${GUARD}`].filter(Boolean).join(' '),
    CPLUS_INCLUDE_PATH: [given.CPLUS_INCLUDE_PATH, import.meta.dirname].filter(Boolean).join(':'),
  };
  return { ...headers, ...given, ...guard };
}
