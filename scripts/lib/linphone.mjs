// Linphone's telephone for the console, a second softphone of somebody else's for the tests. Debian testing, which our
// private root is of, has none any more; Debian stable has. It gets a folder of its own: the program, the libraries that it
// loads, and their data, and nothing of the ninety packages besides. No root rights, no chroot; apt checks the signatures.

import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { mirrorOfThisMachine, needPrograms, proxyLines } from './apt.mjs';
import { architecture, cacheFolder, rootFolder } from './asterisk-root.mjs';
import { KEYRING } from './debian-root.mjs';
import { withLock } from './lock.mjs';
import { mustRun, run, SetupError, which } from './processes.mjs';
import { say, step } from './say.mjs';

const SUITE = 'trixie';
const PACKAGE = 'linphone-cli';
const PROGRAM = 'linphonec';
/** Drivers of screens and what else no library of ours names: it is not even fetched. */
const LEFT_OUT =
  /^(lib(llvm|z3|drm-|gl1-mesa|gbm|vulkan|wayland|elf|sensors)|mesa-|fonts-|shared-mime|perl|debconf|dpkg|tar)/;
/** Looked for below `usr`, where the program is started: what SIP and contacts are made of. */
const DATA = ['share/belr'];
/** Loaded by name once it runs, for its own database: without it Linphone does not register. */
const PLUGIN = /^libsoci_sqlite3\.so/;
/** To be raised when the steps below change what is in the folder. */
const RECIPE = 2;

const name = createHash('sha256')
  .update(JSON.stringify([RECIPE, SUITE, PACKAGE, process.arch]))
  .digest('hex')
  .slice(0, 8);

const folderOf = (env) => join(cacheFolder(env), `linphone-${name}`);

/** How to start `linphonec`: on the PATH, else of our own folder, else undefined. `folder`: where it is to be started. */
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

/** Makes sure of it, or says why it cannot be had: everything else works, and so do all tests but those with it. */
export async function makeLinphoneReady(env) {
  if (findLinphone(env)) return;
  try {
    await withLock(join(cacheFolder(env), 'linphone.lock'), 'the making of a Linphone', async () => {
      if (!findLinphone(env)) await step(`fetching Linphone (Debian ${SUITE})`, () => makeLinphone(env));
    });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`linphonec not found, tests that need it will fail. On Debian stable: apt-get install ${PACKAGE}`);
    say(error.message);
  }
}

async function makeLinphone(env) {
  if (process.platform !== 'linux' || !architecture())
    throw new SetupError('Linphone is fetched on Linux (x64, arm64).');
  await needPrograms('Fetching Linphone', { 'apt-get': 'apt', 'dpkg-deb': 'dpkg' });
  if (!existsSync(KEYRING)) throw new SetupError('Fetching Linphone needs debian-archive-keyring.');
  const mirror = mirrorOfThisMachine() || mirrorOfThisMachine(join(rootFolder(env), 'etc/apt'));
  if (mirror === '') throw new SetupError('This machine names no mirror of Debian to fetch Linphone from.');
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

/** Fetches the package and all that it asks for, as if nothing were installed, and unpacks it; the folder. */
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
    // A mirror that lags serves an expired list; its signature is checked all the same.
    'Acquire::Check-Valid-Until "false";',
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

/** Copies the program, what it loads by its own loader's account, and the data, and lets the rest go. */
async function keepWhatIsLoaded(unpacked, kept) {
  const { triplet, loader } = architecture();
  const libraries = join(unpacked, 'usr/lib', triplet);
  // Some lie deeper, and are found by a path in who loads them, which is true on a machine of that Debian only.
  const path = [libraries, join(libraries, 'pulseaudio')].join(':');
  const own = join(libraries, basename(loader));
  const program = join(unpacked, 'usr/bin', PROGRAM);
  const plugins = (await readdir(libraries)).filter((each) => PLUGIN.test(each)).map((each) => join(libraries, each));
  let stdout = '';
  for (const file of [program, ...plugins]) {
    const list = ['--inhibit-cache', '--library-path', path, '--list', file];
    stdout += (await mustRun('Looking what Linphone loads', own, list)).stdout;
  }
  const missing = [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map(([, each]) => each);
  if (missing.length > 0) throw new SetupError(`Linphone of Debian ${SUITE} lacks ${missing.join(', ')}.`);
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
