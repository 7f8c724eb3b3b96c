// Makes the private Debian root: Debian testing, which has Asterisk 22 LTS, with Asterisk and the telephone
// tools in it. The root is made in a folder beside the final one and renamed at the end, so a root that
// exists is complete. asterisk-root.mjs says why there is a private root, and when it can go.

import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ACCEPT_EXPIRED_RELEASE, needPrograms, proxyLines } from './apt.mjs';
import { isNewEnough, MINIMUM_ASTERISK } from './asterisk-version.mjs';
import { debootstrapOf, inOwnNamespace, unmountBelow } from './debian-root.mjs';
import { mustRun, SetupError, which } from './processes.mjs';
import { step } from './say.mjs';

const SUITE = 'forky';
const PACKAGES = ['asterisk', 'sip-tester', 'baresip-core'];
/** Raise this when the steps below change the contents of the root. */
const RECIPE = 1;

const fingerprint = createHash('sha256')
  .update(JSON.stringify([RECIPE, SUITE, PACKAGES, process.arch]))
  .digest('hex');

/**
 * The name of the root's folder. A changed recipe or list of packages gives a new name, so that a new root is
 * made.
 */
export const ROOT_NAME = `asterisk-root-${fingerprint.slice(0, 8)}`;

/**
 * Makes the root in `folder`. The caller holds the lock, so a half-made root that is found here belongs to a
 * dead process.
 */
export async function makeRoot(folder) {
  await checkThatWeCan();
  await removeHalfMade(folder);
  const building = `${folder}.making`;
  await mkdir(building, { recursive: true });
  try {
    await step(`unpacking a private Debian ${SUITE} (debootstrap)`, () => bootstrap(building));
    await step(`installing ${PACKAGES.join(', ')} in it`, () => installInside(building));
    await checkVersion(building);
    await clean(building);
    if (existsSync(folder)) await rename(folder, `${folder}.old`);
    await rename(building, folder);
  } finally {
    await removeHalfMade(folder);
  }
}

async function checkThatWeCan() {
  const otherwise = `Or install Asterisk ${MINIMUM_ASTERISK} or newer yourself, so that "asterisk" is on the PATH.`;
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new SetupError(`No Asterisk found, and a private one can only be made on Linux (x64, arm64). ${otherwise}`);
  }
  if (process.getuid?.() !== 0) {
    const command = 'sudo --preserve-env=HOME node scripts/run.mjs setup --only-asterisk';
    throw new SetupError(`No Asterisk found. Making a private one needs root rights, once: ${command}\n${otherwise}`);
  }
  if (!which('debootstrap') && !which('apt-get')) {
    throw new SetupError(
      `No Asterisk found, and no debootstrap to make a private one. Install debootstrap. ${otherwise}`,
    );
  }
  await needPrograms('Making a private Asterisk', { debootstrap: 'debootstrap' });
}

async function bootstrap(root) {
  const { args, env } = await debootstrapOf(SUITE, root);
  await inOwnNamespace('Unpacking Debian', 'exec debootstrap "$@"', args, env);
}

async function installInside(root) {
  const settings = [
    ACCEPT_EXPIRED_RELEASE,
    'APT::Install-Recommends "false";',
    'Acquire::Languages "none";',
    ...(await proxyLines()),
  ];
  await writeFile(join(root, 'etc/apt/apt.conf.d/99burgernet'), settings.join('\n') + '\n');
  await writeFile(join(root, 'etc/dpkg/dpkg.cfg.d/burgernet'), DPKG_SETTINGS);
  await writeFile(join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  for (const file of ['/etc/hosts', '/etc/resolv.conf']) {
    if (existsSync(file)) await copyFile(file, join(root, file));
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  await inOwnNamespace('Installing Asterisk', INSTALL_SCRIPT, [root, ...PACKAGES], env);
}

/**
 * Skips manual pages. Does not sync each file to disk, because a root is thrown away when anything goes
 * wrong.
 */
const DPKG_SETTINGS = `force-unsafe-io
path-exclude=/usr/share/doc/*
path-include=/usr/share/doc/*/copyright
path-exclude=/usr/share/man/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/locale/*
`;

const INSTALL_SCRIPT = `
root=$1; shift
trap 'umount -l "$root/dev" "$root/proc" 2>/dev/null || true' EXIT
mount -t proc proc "$root/proc" || true
mount --bind /dev "$root/dev" || true
chroot "$root" apt-get update
chroot "$root" apt-get install -y --no-install-recommends "$@"
`;

async function checkVersion(root) {
  const { stdout } = await mustRun('Starting Asterisk', 'chroot', [root, '/usr/sbin/asterisk', '-V']);
  const version = stdout.trim().replace(/^Asterisk\s+/, '');
  if (isNewEnough(version) || process.env.BURGERNET_ALLOW_OLD_ASTERISK === '1') return;
  throw new SetupError(
    `Debian ${SUITE} on this machine's mirror has Asterisk ${version}; ${MINIMUM_ASTERISK} is needed: it fixes 20 ` +
      'security advisories, two of them in ARI.\nUse a newer mirror, or accept the risk with BURGERNET_ALLOW_OLD_ASTERISK=1.',
  );
}

/**
 * Removes files that are never used, and every setuid bit, so that nobody becomes root through an old `su` in
 * the root.
 */
async function clean(root) {
  const folders = ['share/man', 'share/info', 'share/locale', 'share/asterisk/conf'].map((name) => join('usr', name));
  for (const folder of ['var/cache/apt', 'var/lib/apt/lists', ...folders]) {
    await rm(join(root, folder), { recursive: true, force: true });
  }
  await mustRun('Cleaning up', 'find', [
    root,
    '-xdev',
    '-type',
    'f',
    '-perm',
    '/6000',
    '-exec',
    'chmod',
    'ug-s',
    '{}',
    '+',
  ]);
}

/**
 * Removes half-made roots that a killed run left beside `folder`. Unmounts first, and deletes nothing on
 * another file system.
 */
async function removeHalfMade(folder) {
  const parent = dirname(folder);
  if (!existsSync(parent)) return;
  const leftovers = (await readdir(parent)).filter((name) => /^asterisk-root-\w+\.(making|old)$/.test(name));
  for (const name of leftovers) {
    const left = join(parent, name);
    await unmountBelow(left);
    await mustRun(`Removing ${basename(left)}`, 'rm', ['-rf', '--one-file-system', '--', left], {
      uninterrupted: true,
    });
  }
}
