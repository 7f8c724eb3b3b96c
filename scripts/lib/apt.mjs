// Debian's package manager on this machine: installs packages, and reads which mirror and proxy its settings
// name.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { debianMirror, parseSources } from './apt-sources.mjs';
import { mustRun, run, SetupError, which } from './processes.mjs';
import { step } from './say.mjs';

const isRoot = () => process.getuid?.() === 0;

/**
 * WORKAROUND: an apt setting for a mirror of Debian testing that lags behind. Such a mirror serves a Release
 * file that is past its `Valid-Until` date, which apt refuses. The setting makes apt ignore the date, but apt
 * still checks the signature. It can go when every mirror in use is current. The Dockerfile passes the same
 * setting to apt-get.
 */
export const ACCEPT_EXPIRED_RELEASE = 'Acquire::Check-Valid-Until "false";';

/**
 * Installs the programs that are missing, if we are root. `packageOfProgram` names the Debian package of each
 * program. Throws SetupError when a program is missing and cannot be installed.
 */
export async function needPrograms(why, packageOfProgram) {
  const missing = Object.entries(packageOfProgram).filter(([program]) => !which(program));
  if (missing.length > 0) await installPackages(why, [...new Set(missing.map(([, name]) => name))]);
}

/**
 * Installs Debian packages. Refreshes the package lists only when the first try fails. Throws SetupError
 * without apt-get, without root, or when apt-get fails.
 */
export async function installPackages(why, packages) {
  const names = packages.join(' ');
  if (!which('apt-get')) throw new SetupError(`${why} needs ${names}. Install it and try again.`);
  if (!isRoot()) throw new SetupError(`${why} needs ${names}. Install with: sudo apt-get install ${names}`);
  await step(`installing ${names} (apt-get)`, async () => {
    const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, uninterrupted: true };
    const install = ['install', '-y', '--no-install-recommends', ...packages];
    if ((await run('apt-get', install, options)).code === 0) return;
    // A failure is ignored, because one unreachable third-party source must not stop the installation.
    await run('apt-get', ['update'], options);
    await mustRun(`Installing ${names}`, 'apt-get', install, options);
  });
}

/** The mirror of Debian's main archive that this machine uses; '' when its source lists name none. */
export function mirrorOfThisMachine(aptFolder = '/etc/apt') {
  const parts = join(aptFolder, 'sources.list.d');
  const inParts = existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : [];
  const entries = [join(aptFolder, 'sources.list'), ...inParts]
    .filter((file) => /\.(list|sources)$/.test(file) && existsSync(file))
    .flatMap((file) => parseSources(readFileSync(file, 'utf8'), file.endsWith('.sources') ? 'deb822' : 'one-line'))
    .flatMap((entry) => entry.uris.flatMap(readMirrorList).map((uri) => ({ ...entry, uris: [uri] })));
  return debianMirror(entries) ?? '';
}

/** On cloud images an entry names a file with a list of mirrors instead of a mirror. */
function readMirrorList(uri) {
  const file = /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(uri)?.[1];
  if (!file) return [uri];
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.map((line) => line.trim().split(/\s+/)[0] ?? '').filter((word) => /^https?:/.test(word));
}

/**
 * The lines of this machine's apt configuration about proxies and certificates: `Acquire::http::Proxy "…";`
 * and the like.
 */
export async function proxyLines() {
  const { stdout } = await run('apt-config', ['dump']);
  return stdout.split('\n').filter((line) => /^Acquire::https?::(Proxy|CAInfo)\b/i.test(line) && !line.includes('""'));
}
