// Installs and builds everything that a command needs, the long parts at the same time.

import { join } from 'node:path';
import { makeAsteriskReady } from './asterisk.mjs';
import { buildIsReady, makeBuildReady } from './build.mjs';
import { makeChromiumReady } from './chromium.mjs';
import { makeCompilerReady } from './compiler.mjs';
import { makeLinphoneReady } from './linphone.mjs';
import { withLock } from './lock.mjs';
import { makePackagesReady, packagesAreReady } from './node-packages.mjs';
import { SetupError, stopEverything } from './processes.mjs';

const MINIMUM_NODE = [20, 19];

/** Throws SetupError when this Node is too old. */
export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  throw new SetupError(
    `Node.js ${MINIMUM_NODE.join('.')} or newer is needed; this is ${version}. Install a newer Node.js.`,
  );
}

/**
 * Installs and builds `needs` (packages, build, asterisk, tools, linphone, chromium, compiler: each true or
 * false) for the repository at `home`. When one part fails, the others are stopped, and the error is thrown
 * after they have cleaned up.
 */
export async function makeReady(home, needs, env) {
  const parts = [];
  if (needs.packages) parts.push(packagesAndBuild(home, needs));
  if (needs.asterisk) parts.push(makeAsteriskReady(env, { withTools: needs.tools }));
  if (needs.linphone) parts.push(makeLinphoneReady(env));
  try {
    await Promise.all(parts);
    // These come after the others, because only one apt-get can run at a time.
    if (needs.chromium) await makeChromiumReady(env);
    if (needs.compiler) await makeCompilerReady(env);
  } catch (error) {
    stopEverything();
    await Promise.allSettled(parts);
    throw error;
  }
}

async function packagesAndBuild(home, needs) {
  if (packagesAreReady(home) && (!needs.build || buildIsReady(home))) return;
  await withLock(join(home, 'tmp', 'setup.lock'), 'the set-up', async () => {
    await makePackagesReady(home);
    if (needs.build) await makeBuildReady(home);
  });
}
