// Provides linphonec, Linphone's softphone for a terminal: the second softphone in the tests that is not our
// own.
//
// WORKAROUND: Debian testing, from which the private root is made, no longer has Linphone, but Debian stable
// has. So linphonec is fetched from stable into a folder of its own, with the libraries that it loads and
// their data, and without the rest of its ninety packages. This needs no root rights and no chroot, and apt
// checks the signatures. It can go when Debian testing has a package of linphonec again
// (docs/decisions/0026).

import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ACCEPT_EXPIRED_RELEASE, mirrorOfThisMachine, needPrograms, proxyLines } from './apt.mjs';
import { architecture, cacheFolder, rootFolder } from './asterisk-root.mjs';
import { KEYRING } from './debian-root.mjs';
import { withLock } from './lock.mjs';
import { mustRun, run, SetupError, which } from './processes.mjs';
import { say, step } from './say.mjs';

const SUITE = 'trixie';
const PACKAGE = 'linphone-cli';
const PROGRAM = 'linphonec';
/** Packages that are not fetched, such as display drivers, because linphonec loads no library from them. */
const LEFT_OUT =
  /^(lib(llvm|z3|drm-|gl1-mesa|gbm|vulkan|wayland|elf|sensors)|mesa-|fonts-|shared-mime|perl|debconf|dpkg|tar)/;
/** Grammars of SIP and contacts. Linphone looks for them below `usr`, the folder in which it is started. */
const DATA = ['share/belr'];
/**
 * Linphone loads this library by name while it runs, for its own database. Without it Linphone does not
 * register.
 */
const PLUGIN = /^libsoci_sqlite3\.so/;
/** Raise this when the steps below change the contents of the folder. */
const RECIPE = 2;

const name = createHash('sha256')
  .update(JSON.stringify([RECIPE, SUITE, PACKAGE, process.arch]))
  .digest('hex')
  .slice(0, 8);

const folderOf = (env) => join(cacheFolder(env), `linphone-${name}`);

/**
 * How to start linphonec: the one on the PATH, else the one in our own folder, else undefined. `folder` is
 * its working directory.
 */
export function findLinphone(env = process.env) {
  const command = which(PROGRAM, env);
  if (command) return { command, args: [], folder: '/' };
  const folder = folderOf(env);
  const libraries = join(folder, 'usr/lib');
  const program = join(folder, 'usr/bin', PROGRAM);
  if (!architecture() || !existsSync(program)) return undefined;
  const loader = join(libraries, basename(architecture().loader));
  const args = ['--inhibit-cache', '--library-path', libraries, '--argv0', program, program];
  return { command: loader, args, folder: join(folder, 'usr') };
}

/**
 * Fetches linphonec if it is missing. A failure is only reported, because only the tests with Linphone need
 * it.
 */
export async function makeLinphoneReady(env) {
  if (findLinphone(env)) return;
  try {
    await withLock(join(cacheFolder(env), 'linphone.lock'), 'Linphone to be fetched', async () => {
      if (!findLinphone(env)) await step(`fetching Linphone (Debian ${SUITE})`, () => makeLinphone(env));
    });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`linphonec not found: tests that need it will fail. On Debian stable: apt-get install ${PACKAGE}`);
    say(error.message);
  }
}

async function makeLinphone(env) {
  if (process.platform !== 'linux' || !architecture())
    throw new SetupError('Linphone can be fetched only on Linux (x64, arm64).');
  await needPrograms('Fetching Linphone', { 'apt-get': 'apt', 'dpkg-deb': 'dpkg' });
  if (!existsSync(KEYRING)) throw new SetupError('Fetching Linphone needs debian-archive-keyring.');
  const mirror = mirrorOfThisMachine() || mirrorOfThisMachine(join(rootFolder(env), 'etc/apt'));
  if (mirror === '') throw new SetupError("Fetching Linphone needs a mirror of Debian in this machine's apt sources.");
  const folder = folderOf(env);
  const building = `${folder}.making`;
  await rm(building, { recursive: true, force: true });
  try {
    const unpacked = await unpack(building, mirror);
    await keepWhatIsLoaded(unpacked, join(building, 'kept'));
    await rm(folder, { recursive: true, force: true });
    await rename(join(building, 'kept'), folder);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

/**
 * Fetches the package and its dependencies, as if nothing were installed, and unpacks them. Returns the
 * folder.
 */
async function unpack(building, mirror) {
  const [state, debs, unpacked] = ['state', 'debs', 'root'].map((part) => join(building, part));
  for (const part of ['lists/partial', 'cache/archives/partial', 'etc/parts']) {
    await mkdir(join(state, part), { recursive: true });
  }
  await mkdir(debs, { recursive: true });
  await writeFile(join(state, 'status'), '');
  await writeFile(join(state, 'etc/sources.list'), `deb [signed-by=${KEYRING}] ${mirror} ${SUITE} main\n`);
  const settings = [
    `Dir::State "${state}";`,
    `Dir::State::status "${join(state, 'status')}";`,
    `Dir::Cache "${join(state, 'cache')}";`,
    `Dir::Etc "${join(state, 'etc')}";`,
    'Dir::Etc::sourceparts "parts";',
    'Dir::Etc::parts "parts";',
    'Dir::Etc::main "none";',
    'Dir::Etc::preferencesparts "parts";',
    'APT::Sandbox::User "";',
    'APT::Install-Recommends "false";',
    'Acquire::Languages "none";',
    ACCEPT_EXPIRED_RELEASE,
    ...(await proxyLines()),
  ];
  await writeFile(join(state, 'apt.conf'), settings.join('\n') + '\n');
  const options = { cwd: debs, env: { ...process.env, APT_CONFIG: join(state, 'apt.conf'), LC_ALL: 'C' } };
  const apt = (...args) => mustRun('Fetching Linphone', 'apt-get', ['-q', ...args], options);
  await apt('update');
  const { stdout } = await apt('install', '--simulate', PACKAGE);
  const all = [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, each]) => each);
  await apt('download', ...all.filter((each) => !LEFT_OUT.test(each)));
  for (const file of await readdir(debs)) {
    await mustRun('Unpacking Linphone', 'dpkg-deb', ['--extract', join(debs, file), unpacked]);
  }
  return unpacked;
}

/**
 * Copies the program, its data, and the libraries that its own loader lists (`--list`). The rest is thrown
 * away.
 */
async function keepWhatIsLoaded(unpacked, kept) {
  const { triplet, loader } = architecture();
  const libraries = join(unpacked, 'usr/lib', triplet);
  // Some libraries are in a subfolder, at a path that the loading library names. That path is right only on a
  // machine with this Debian, so the subfolder is added here.
  const path = [libraries, join(libraries, 'pulseaudio')].join(':');
  const own = join(libraries, basename(loader));
  const program = join(unpacked, 'usr/bin', PROGRAM);
  const plugins = (await readdir(libraries)).filter((each) => PLUGIN.test(each)).map((each) => join(libraries, each));
  let stdout = '';
  for (const file of [program, ...plugins]) {
    const list = ['--inhibit-cache', '--library-path', path, '--list', file];
    stdout += (await mustRun('Listing the libraries of Linphone', own, list)).stdout;
  }
  const missing = [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map(([, each]) => each);
  if (missing.length > 0)
    throw new SetupError(`Linphone of Debian ${SUITE} needs missing libraries: ${missing.join(', ')}.`);
  await mkdir(join(kept, 'usr/lib'), { recursive: true });
  await mkdir(join(kept, 'usr/bin'));
  const loaded = [...stdout.matchAll(/ => (\/\S+) \(/g)].map(([, file]) => file);
  for (const file of new Set([...loaded, ...plugins, own])) {
    await cp(file, join(kept, 'usr/lib', basename(file)), { dereference: true });
  }
  await cp(program, join(kept, 'usr/bin', PROGRAM));
  for (const data of DATA) {
    await mkdir(dirname(join(kept, 'usr', data)), { recursive: true });
    await cp(join(unpacked, 'usr', data), join(kept, 'usr', data), { recursive: true });
  }
  const { code } = await run(join(kept, 'usr/lib', basename(loader)), ['--version']);
  if (code !== 0) throw new SetupError('Linphone cannot be started on this machine.');
}
