// Provides the base images that the Dockerfile names.
//
// WORKAROUND: a machine that cannot reach a registry of images cannot pull them. Then this file makes them
// from Debian's packages and from the npm package of Node. The image for `node` also holds the files by which
// this machine reaches its mirrors (certificates, npm's cache). Only the stage that compiles is built on that
// image, so none of these files gets into our own images. This can go when every machine that runs the
// compose test can pull images.

import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACCEPT_EXPIRED_RELEASE, mirrorOfThisMachine, proxyLines } from '../apt.mjs';
import { cacheFolder } from '../asterisk-root.mjs';
import { debootstrapOf, inOwnNamespace } from '../debian-root.mjs';
import { mustRun, run } from '../processes.mjs';
import { NotRun, step, tell } from './tell.mjs';

const NODE_MAJOR = 24;
/** The certificates that this machine trusts, including its own additional ones. */
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/**
 * Pulls or makes every image that a FROM line of the Dockerfile names. Throws NotRun when neither is
 * possible.
 */
export async function haveBaseImages(home, env) {
  const named = baseImagesOf(readFileSync(join(home, 'Dockerfile'), 'utf8'));
  const missing = [];
  for (const image of named) {
    if ((await run('docker', ['image', 'inspect', image], { env })).code === 0) continue;
    if ((await run('docker', ['pull', '--quiet', image], { env })).code !== 0) missing.push(image);
  }
  if (missing.length === 0) return;
  tell(`these images cannot be pulled here and are made from Debian's packages: ${missing.join(', ')}`);
  const debian = named.find((image) => image.startsWith('debian:'));
  if (missing.includes(debian)) await step(`making ${debian}`, () => makeDebian(debian, env));
  for (const image of missing.filter((one) => one.startsWith('node:')))
    await step(`making ${image}`, () => makeNode(image, debian, env));
}

/** The images in the FROM lines, without the stages of the same file. */
export function baseImagesOf(dockerfile) {
  const lines = [...dockerfile.matchAll(/^FROM (\S+)(?: AS (\S+))?$/gim)];
  const stages = new Set(lines.map(([, , stage]) => stage));
  return [...new Set(lines.map(([, image]) => image))].filter((image) => !stages.has(image));
}

const cache = (name) => {
  mkdirSync(cacheFolder(), { recursive: true });
  return join(cacheFolder(), name);
};

/**
 * Unpacks Debian in memory and packs it into an archive. The trap unmounts the memory even after a failure.
 */
const BOOTSTRAP = `
target=$1 suite=$2 mirror=$3 archive=$4; shift 4
mount -t tmpfs -o mode=0755 tmpfs "$target"
trap 'umount -l "$target"' EXIT
debootstrap "$@"
rm -rf "$target"/var/cache/apt/archives/*.deb "$target"/var/lib/apt/lists/* "$target"/etc/hostname "$target"/etc/resolv.conf
echo "deb $mirror $suite main" > "$target"/etc/apt/sources.list
tar -C "$target" --one-file-system --exclude=./proc/* --exclude=./sys/* --exclude=./dev/* -cf "$archive" .
`;

async function makeDebian(image, env) {
  const suite = image.split(':')[1].replace(/-slim$/, '');
  const archive = cache(`base-${suite}.tar`);
  if (!existsSync(archive) || isOld(archive)) {
    const mirror = mirrorOfThisMachine();
    if (mirror === '')
      throw new NotRun(`${image} cannot be pulled, and this machine's apt sources name no mirror of Debian`);
    const making = `${archive}.making`;
    const target = await mkdtemp(join(tmpdir(), 'burgernet-base-'));
    try {
      const debootstrap = await debootstrapOf(suite, target);
      const args = [target, suite, mirror, making, ...debootstrap.args];
      await inOwnNamespace(`Making ${image}`, BOOTSTRAP, args, debootstrap.env);
      renameSync(making, archive);
    } finally {
      rmSync(making, { force: true });
      await rm(target, { recursive: true, force: true });
    }
  }
  await mustRun(`Importing ${image}`, 'docker', ['import', '--change', 'CMD ["bash"]', archive, image], { env });
}

/** An archive of Debian testing is used for a week. */
const isOld = (file) => Date.now() - statSync(file).mtimeMs > 7 * 86_400_000;

/** As in Node's own image: compilers, Node with its headers, npm. */
const NODE_DOCKERFILE = (debian) => `
FROM ${debian}
COPY apt.conf /etc/apt/apt.conf.d/99here
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get -o Dpkg::Options::=--force-unsafe-io install -y --no-install-recommends python3 make g++
COPY node.tgz npm.tgz /tmp/
RUN tar -xzf /tmp/node.tgz -C /usr/local --strip-components=1 package/bin package/include && mkdir -p /usr/local/lib/node_modules/npm && tar -xzf /tmp/npm.tgz -C /usr/local/lib/node_modules/npm --strip-components=1 && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
COPY npm /npm-cache
COPY npmrc /usr/local/etc/npmrc
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
ENV npm_config_cache=/npm-cache NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
`;

async function makeNode(image, debian, env) {
  const folder = await mkdtemp(join(tmpdir(), 'burgernet-node-'));
  try {
    const arch = { x64: 'x64', arm64: 'arm64' }[process.arch];
    for (const [name, spec] of [
      ['node', `node-linux-${arch}@${NODE_MAJOR}`],
      ['npm', 'npm@11.19.1'],
    ]) {
      const kept = cache(`${spec.replace(/[^\w.-]/g, '-')}.tgz`);
      if (!existsSync(kept)) {
        const { stdout } = await mustRun(`Fetching ${spec}`, 'npm', [
          'pack',
          '--silent',
          '--pack-destination',
          folder,
          spec,
        ]);
        renameOrCopy(join(folder, stdout.trim().split('\n').at(-1)), kept);
      }
      cpSync(kept, join(folder, `${name}.tgz`));
    }
    mkdirSync(join(folder, 'npm'));
    const npmCache = join(process.env.HOME || homedir(), '.npm', '_cacache');
    if (existsSync(npmCache)) cpSync(npmCache, join(folder, 'npm', '_cacache'), { recursive: true });
    const { stdout: registry } = await mustRun('Asking npm', 'npm', ['config', 'get', 'registry']);
    writeFileSync(join(folder, 'npmrc'), `registry=${registry.trim()}\n`);
    writeFileSync(join(folder, 'apt.conf'), [ACCEPT_EXPIRED_RELEASE, ...(await proxyLines()), ''].join('\n'));
    if (existsSync(CERTIFICATES)) cpSync(CERTIFICATES, join(folder, 'ca-certificates.crt'), { dereference: true });
    else writeFileSync(join(folder, 'ca-certificates.crt'), '');
    writeFileSync(join(folder, 'Dockerfile'), NODE_DOCKERFILE(debian));
    await mustRun(`Building ${image}`, 'docker', ['build', '--network', 'host', '--tag', image, folder], {
      env: { ...env, DOCKER_BUILDKIT: '0' },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function renameOrCopy(from, to) {
  cpSync(from, `${to}.making`);
  renameSync(`${to}.making`, to);
}
