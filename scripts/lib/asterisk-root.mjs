// Finds Asterisk and the telephone tools: on the PATH, or in a private Debian root below ~/.cache/burgernet.
//
// WORKAROUND: Debian 12 and 13 have no asterisk package, so the private root holds Debian testing
// (root-recipe.mjs). Its programs run on this machine through the root's own dynamic loader with the root's
// own libraries (startedFromRoot below). This needs no mount, no chroot and no root rights, and every path
// that the programs see is a path of this machine. This can go when each supported Debian release has an
// Asterisk package of version MINIMUM_ASTERISK or newer (docs/decisions/0003).

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { isAccepted } from './asterisk-version.mjs';
import { run, which } from './processes.mjs';
import { ROOT_NAME } from './root-recipe.mjs';

export { compareVersions, isAccepted, isNewEnough, MINIMUM_ASTERISK } from './asterisk-version.mjs';
export { makeRoot } from './root-recipe.mjs';

const ARCHITECTURES = {
  x64: { triplet: 'x86_64-linux-gnu', loader: 'lib64/ld-linux-x86-64.so.2' },
  arm64: { triplet: 'aarch64-linux-gnu', loader: 'lib/ld-linux-aarch64.so.1' },
};
/**
 * Debian's name for this machine's processor, and the path of its loader in a root; undefined for an unknown
 * processor.
 */
export const architecture = () => ARCHITECTURES[process.arch];

/** The folder that holds the private roots. */
export function cacheFolder(env = process.env) {
  return join(env.HOME || homedir(), '.cache', 'burgernet');
}

/** The folder of the private root, which may not exist yet. */
export function rootFolder(env = process.env) {
  return join(cacheFolder(env), ROOT_NAME);
}

/**
 * The Asterisk to start: the one on the PATH if its version is accepted, else the one in the private root,
 * else undefined.
 */
export async function findAsterisk(env = process.env) {
  for (const candidate of [asteriskOnPath(env), asteriskInRoot(env)]) {
    const version = candidate && (await asteriskVersion(candidate));
    if (version !== undefined && isAccepted(version, env)) return { ...candidate, version };
  }
  return undefined;
}

/** The version of the Asterisk on the PATH, accepted or not; undefined when there is none. */
export async function versionOnPath(env = process.env) {
  const command = which('asterisk', env);
  return command && (await asteriskVersion({ command, args: [], env: {} }));
}

async function asteriskVersion({ command, args, env }) {
  const { code, stdout } = await run(command, [...args, '-V'], { env: { ...process.env, ...env } });
  return code === 0 ? stdout.trim().replace(/^Asterisk\s+/, '') : undefined;
}

function asteriskOnPath(env) {
  const command = which('asterisk', env);
  if (!command) return undefined;
  const prefix = dirname(dirname(command));
  const triplet = architecture()?.triplet;
  const libraries = [`${prefix}/lib/${triplet}`, `/usr/lib/${triplet}`, `${prefix}/lib64`, `${prefix}/lib`];
  const modulesDir = [configured('astmoddir'), ...libraries.map((folder) => `${folder}/asterisk/modules`)].find(
    (folder) => folder && existsSync(join(folder, 'res_pjsip.so')),
  );
  const dataDir = [
    configured('astdatadir'),
    `${prefix}/share/asterisk`,
    '/usr/share/asterisk',
    '/var/lib/asterisk',
  ].find((folder) => folder && existsSync(join(folder, 'documentation')));
  return modulesDir && dataDir && { command, args: [], env: {}, modulesDir, dataDir, source: 'path' };
}

/**
 * A folder that the machine's own asterisk.conf names. Used only to find the modules and data of an Asterisk
 * that was built from source.
 */
function configured(name) {
  try {
    return new RegExp(`^\\s*${name}\\s*=>?\\s*(\\S+)`, 'm').exec(
      readFileSync('/etc/asterisk/asterisk.conf', 'utf8'),
    )?.[1];
  } catch {
    return undefined;
  }
}

function asteriskInRoot(env) {
  const started = startedFromRoot('usr/sbin/asterisk', env);
  if (!started) return undefined;
  const root = rootFolder(env);
  const modulesDir = join(root, 'usr/lib', architecture().triplet, 'asterisk/modules');
  return { ...started, modulesDir, dataDir: join(root, 'usr/share/asterisk'), source: 'private-root', root };
}

/** A telephone tool such as `sipp` or `baresip`: on the PATH, else in the private root, else undefined. */
export async function findTool(name, env = process.env) {
  const command = which(name, env);
  const found = command
    ? { command, args: [], env: {}, source: 'path' }
    : startedFromRoot(`usr/bin/${name}`, env) && {
        ...startedFromRoot(`usr/bin/${name}`, env),
        source: 'private-root',
        root: rootFolder(env),
      };
  if (!found) return undefined;
  const libraries = command ? [join(dirname(dirname(command)), 'lib')] : [join(rootFolder(env), 'usr/lib')];
  const modulesDir = libraries
    .flatMap((folder) => [join(folder, name, 'modules'), join(folder, architecture()?.triplet ?? '', name, 'modules')])
    .find((folder) => existsSync(folder));
  return modulesDir ? { ...found, modulesDir } : found;
}

/**
 * Command, arguments and environment that start a program in the private root; undefined when the program is
 * not there.
 */
function startedFromRoot(program, env) {
  const root = rootFolder(env);
  const file = join(root, program);
  if (!architecture() || !existsSync(file)) return undefined;
  const { triplet, loader } = architecture();
  const libraries = join(root, 'usr/lib', triplet);
  return {
    command: join(root, loader),
    args: ['--inhibit-cache', '--library-path', libraries, '--argv0', file, file],
    // Modules that the libraries load later must come from the root too, so that one process never loads two
    // versions of one library.
    env: {
      OPENSSL_CONF: join(root, 'etc/ssl/openssl.cnf'),
      OPENSSL_MODULES: join(libraries, 'ossl-modules'),
      GCONV_PATH: join(libraries, 'gconv'),
    },
  };
}
