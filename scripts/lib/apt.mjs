// Debian's package manager on this machine: installing what a step needs, and what its settings say of mirror and proxy.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { debianMirror, parseSources } from './apt-sources.mjs';
import { mustRun, run, SetupError, which } from './processes.mjs';
import { step } from './say.mjs';

const isRoot = () => process.getuid?.() === 0;

/** Makes sure of programs, each given with its Debian package; installs the missing ones when that is ours to do. */
export async function needPrograms(why, packageOfProgram) {
  const missing = Object.entries(packageOfProgram).filter(([program]) => !which(program));
  if (missing.length > 0) await installPackages(why, [...new Set(missing.map(([, name]) => name))]);
}

/** Installs Debian packages, with a refreshed package list only if the first try fails. */
export async function installPackages(why, packages) {
  const names = packages.join(' ');
  if (!which('apt-get')) throw new SetupError(`${why} needs ${names}. Install that and try again.`);
  if (!isRoot()) throw new SetupError(`${why} needs ${names}. Install with: sudo apt-get install ${names}`);
  await step(`installing ${names} (apt-get)`, async () => {
    const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, uninterrupted: true };
    const install = ['install', '-y', '--no-install-recommends', ...packages];
    if ((await run('apt-get', install, options)).code === 0) return;
    // Its failure is not ours: one unreachable third-party source must not stop us.
    await run('apt-get', ['update'], options);
    await mustRun(`Installing ${names}`, 'apt-get', install, options);
  });
}

/** The mirror of Debian's main archive that this machine uses, or '' when it names none. */
export function mirrorOfThisMachine(aptFolder = '/etc/apt') {
  const parts = join(aptFolder, 'sources.list.d');
  const inParts = existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : [];
  const entries = [join(aptFolder, 'sources.list'), ...inParts]
    .filter((file) => /\.(list|sources)$/.test(file) && existsSync(file))
    .flatMap((file) => parseSources(readFileSync(file, 'utf8'), file.endsWith('.sources') ? 'deb822' : 'one-line'))
    .flatMap((entry) => entry.uris.flatMap(readMirrorList).map((uri) => ({ ...entry, uris: [uri] })));
  return debianMirror(entries) ?? '';
}

/** Cloud images name a file with mirrors in place of a mirror. */
function readMirrorList(uri) {
  const file = /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(uri)?.[1];
  if (!file) return [uri];
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.map((line) => line.trim().split(/\s+/)[0] ?? '').filter((word) => /^https?:/.test(word));
}

/** The lines of this machine's apt configuration that say how to get out: `Acquire::http::Proxy "…";` and the like. */
export async function proxyLines() {
  const { stdout } = await run('apt-config', ['dump']);
  return stdout.split('\n').filter((line) => /^Acquire::https?::(Proxy|CAInfo)\b/i.test(line) && !line.includes('""'));
}
