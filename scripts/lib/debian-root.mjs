// Unpacks another Debian release into a folder, and keeps mounts from outliving the work that needed them.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installPackages, mirrorOfThisMachine, proxyLines } from './apt.mjs';
import { mustRun, run } from './processes.mjs';

export const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const SCRIPTS = '/usr/share/debootstrap/scripts';

/**
 * The arguments and the environment with which debootstrap unpacks the suite into `root`.
 *
 * WORKAROUND: the debootstrap of an older Debian has no script for a newer suite. It then gets the script of
 * sid. This can go when the debootstrap of each supported Debian release knows the suite.
 */
export async function debootstrapOf(suite, root) {
  if (!existsSync(KEYRING)) await installPackages("Checking Debian's signatures", ['debian-archive-keyring']);
  const mirror = mirrorOfThisMachine();
  const script = [suite, 'sid'].map((name) => join(SCRIPTS, name)).find((file) => existsSync(file));
  // The minimal variant has no certificates, but apt inside the root needs them for a mirror with HTTPS.
  const include = mirror.startsWith('https:') ? ['--include=ca-certificates'] : [];
  const options = ['--variant=minbase', `--keyring=${KEYRING}`, '--force-check-gpg', ...include];
  const proxies = (await proxyLines()).flatMap((line) => {
    const [, kind, url] = /^Acquire::(https?)::Proxy "(http[^"]+)"/i.exec(line) ?? [];
    return kind ? [[`${kind.toLowerCase()}_proxy`, url]] : [];
  });
  return {
    args: [...options, suite, root, mirror, ...(script ? [script] : [])],
    env: { ...process.env, ...Object.fromEntries(proxies) },
  };
}

/**
 * Runs a shell script in mount and process namespaces of its own. All its mounts and processes are gone when
 * it ends, and it ends when this process ends, even by SIGKILL. Where namespaces are not allowed (in some
 * containers), the script runs without them. Throws SetupError when the script fails.
 */
export async function inOwnNamespace(what, script, args, env) {
  const shell = ['sh', '-ec', script, 'sh', ...args];
  const apart = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child'];
  const isAllowed = (await run('setpriv', [...apart, 'true'])).code === 0;
  const [command, ...rest] = isAllowed ? ['setpriv', ...apart, ...shell] : shell;
  await mustRun(what, command, rest, { env });
}

/** Unmounts everything below the folder, the latest mount first. */
export async function unmountBelow(folder) {
  const mountInfo = await readFile('/proc/self/mountinfo', 'utf8');
  const mounts = mountInfo.split('\n').map((line) => line.split(' ')[4] ?? '');
  for (const mount of mounts.filter((path) => path.startsWith(`${folder}/`)).reverse()) {
    await mustRun(`Unmounting ${mount}`, 'umount', ['-l', mount], { uninterrupted: true });
  }
}
