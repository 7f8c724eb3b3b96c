// Installs the packages of package-lock.json in node_modules, with a better-sqlite3 that works on this Node.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { needPrograms } from './apt.mjs';
import { mustRun, run, SetupError, which } from './processes.mjs';
import { step } from './say.mjs';
import { fitsLockfile, hashOf, isStamped, writeStamp } from './stamp.mjs';

/**
 * WORKAROUND: a header that is compiled into better-sqlite3. The header itself says why, and when it can go.
 */
const GUARD = 'object-wrap-without-hooks.h';
/** The packages whose install scripts are run. `allowScripts` in package.json names the same packages. */
const WITH_SCRIPTS = ['better-sqlite3', 'esbuild'];
const COMPILER = { python3: 'python3', make: 'make', 'g++': 'g++' };

const stampFile = (home) => join(home, 'node_modules', '.burgernet-stamp');

function wantedHash(home) {
  const node = [process.platform, process.arch, process.versions.modules];
  return hashOf(home, ['package-lock.json', 'package.json'], node);
}

/** True when nothing has changed since the packages were last installed or checked. */
export function packagesAreReady(home) {
  return isStamped(stampFile(home), wantedHash(home));
}

/**
 * Installs node_modules unless it is complete. A complete node_modules that somebody made with npm alone is
 * kept, because compiling better-sqlite3 takes a minute. Throws SetupError when npm or the compiler fails.
 */
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
  // A library that was compiled without GUARD still names this function, and aborts now and then on a newer
  // Node.
  const library = join(home, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node');
  return !readFileSync(library).includes('RemoveEnvironmentCleanupHook');
}

async function install(home) {
  const [npm, before] = npmProgram();
  const options = { cwd: home, env: buildEnvironment() };
  // The install scripts run in a step of their own, so that nothing is downloaded again when the compiler
  // turns out to be missing.
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
        `better-sqlite3 was compiled, but it does not load or lacks ${GUARD}. Remove node_modules and try again.`,
      );
  });
}

/** The npm that started this process, else the one on the PATH. */
function npmProgram() {
  const started = process.env.npm_execpath ?? '';
  if (started.endsWith('npm-cli.js') && existsSync(started)) return [process.execPath, [started]];
  const npm = which('npm');
  if (!npm) throw new SetupError('npm is missing. Install Node.js with npm (20.19 or newer) and try again.');
  return [npm, []];
}

/**
 * The environment for npm and the compiler. The compiler includes GUARD first, and uses the headers of this
 * Node where they are installed, which saves a download. More cores would not help the compiler, because
 * nearly all its time goes into one file, SQLite's (69 s on two cores, 71 s on one).
 */
function buildEnvironment() {
  const prefix = dirname(dirname(process.execPath));
  const headers = existsSync(join(prefix, 'include/node/node.h')) ? { npm_config_nodedir: prefix } : {};
  const given = process.env;
  // CXXFLAGS cannot hold the folder of GUARD, because its path may contain a space.
  const guard = {
    CXXFLAGS: [given.CXXFLAGS, `-include ${GUARD}`].filter(Boolean).join(' '),
    CPLUS_INCLUDE_PATH: [given.CPLUS_INCLUDE_PATH, import.meta.dirname].filter(Boolean).join(':'),
  };
  return { ...headers, ...given, ...guard };
}
