// Debian of another suite in a folder: unpacking it, and mounts that do not outlive what they were for.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installPackages, mirrorOfThisMachine, proxyLines } from './apt.mjs';
import { mustRun, run } from './processes.mjs';

export const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const SCRIPTS = '/usr/share/debootstrap/scripts';

/** What debootstrap is to be given, and the environment that it needs, to unpack the suite into `root`. */
export async function debootstrapOf(suite, root) {
  if (!existsSync(KEYRING)) await installPackages('Checking what Debian signed', ['debian-archive-keyring']);
  const mirror = mirrorOfThisMachine();
  const script = [suite, 'sid'].map((name) => join(SCRIPTS, name)).find((file) => existsSync(file));
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
 * Runs a shell script with mounts and processes of its own: whatever it mounts and starts is gone when it ends, and it
 * ends when we do, even if we are killed. Where that is not allowed (some containers) it runs as it is.
 */
export async function inOwnNamespace(what, script, args, env) {
  const shell = ['sh', '-ec', script, 'sh', ...args];
  const apart = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child'];
  const isAllowed = (await run('setpriv', [...apart, 'true'])).code === 0;
  const [command, ...rest] = isAllowed ? ['setpriv', ...apart, ...shell] : shell;
  await mustRun(what, command, rest, { env });
}

/** Unmounts all that is mounted below the folder, the deepest first. */
export async function unmountBelow(folder) {
  const mountInfo = await readFile('/proc/self/mountinfo', 'utf8');
  const mounts = mountInfo.split('\n').map((line) => line.split(' ')[4] ?? '');
  for (const mount of mounts.filter((path) => path.startsWith(`${folder}/`)).reverse()) {
    await mustRun(`Unmounting ${mount}`, 'umount', ['-l', mount], { uninterrupted: true });
  }
}
