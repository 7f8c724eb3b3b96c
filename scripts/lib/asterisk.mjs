// Provides an Asterisk to start, and the telephone tools that the tests use.

import { join } from 'node:path';
import { cacheFolder, findAsterisk, findTool, makeRoot, rootFolder, versionOnPath } from './asterisk-root.mjs';
import { MINIMUM_ASTERISK } from './asterisk-version.mjs';
import { withLock } from './lock.mjs';
import { say } from './say.mjs';

const TOOLS = ['sipp', 'baresip'];

/**
 * Provides Asterisk and, with `withTools`, the telephone tools. Makes the private root when one of them is
 * missing.
 */
export async function makeAsteriskReady(env, { withTools }) {
  if (await findAsterisk(env)) {
    if (withTools && (await missingTools(env)).length > 0) await tryToMakeTools(env);
    return;
  }
  const version = await versionOnPath(env);
  if (version) say(`not using Asterisk ${version} on the PATH: ${MINIMUM_ASTERISK} or newer is needed`);
  await makeRootUnless(env, async () => (await findAsterisk(env)) !== undefined);
}

/** A failure is only reported, because without the tools everything works except the tests that use them. */
async function tryToMakeTools(env) {
  try {
    await makeRootUnless(env, async () => (await missingTools(env)).length === 0);
  } catch (error) {
    const missing = (await missingTools(env)).join(', ');
    say(`${missing} not found: tests that need them will fail. On Debian: apt-get install sip-tester baresip-core`);
    say(error.message);
  }
}

async function missingTools(env) {
  const found = await Promise.all(TOOLS.map((name) => findTool(name, env)));
  return TOOLS.filter((_, index) => !found[index]);
}

/**
 * Makes the private root while holding its lock, unless another process made it while we waited for the lock.
 */
async function makeRootUnless(env, isThere) {
  await withLock(join(cacheFolder(env), 'setup.lock'), 'a private Asterisk to be made', async () => {
    if (!(await isThere())) await makeRoot(rootFolder(env));
  });
}
