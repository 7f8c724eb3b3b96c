// Makes sure that there is an Asterisk to start, and the telephone tools that tests use.

import { join } from 'node:path';
import { cacheFolder, findAsterisk, findTool, makeRoot, rootFolder, versionOnPath } from './asterisk-root.mjs';
import { MINIMUM_ASTERISK } from './asterisk-version.mjs';
import { withLock } from './lock.mjs';
import { say } from './say.mjs';

const TOOLS = ['sipp', 'baresip'];

/** Makes sure of Asterisk and, where tests or the demo need them, of the tools; makes the private root when one is missing. */
export async function makeAsteriskReady(env, { withTools }) {
  if (await findAsterisk(env)) {
    if (withTools && (await missingTools(env)).length > 0) await tryToMakeTools(env);
    return;
  }
  const version = await versionOnPath(env);
  if (version) say(`Asterisk ${version} on the PATH is older than ${MINIMUM_ASTERISK} and is not used`);
  await makeRootUnless(env, async () => (await findAsterisk(env)) !== undefined);
}

/** Asterisk is there; without the tools everything works but the tests with strange telephones. */
async function tryToMakeTools(env) {
  try {
    await makeRootUnless(env, async () => (await missingTools(env)).length === 0);
  } catch (error) {
    const missing = (await missingTools(env)).join(', ');
    say(`${missing} not found, tests that need them will fail. On Debian: apt-get install sip-tester baresip-core`);
    say(error.message);
  }
}

async function missingTools(env) {
  const found = await Promise.all(TOOLS.map((name) => findTool(name, env)));
  return TOOLS.filter((_, index) => !found[index]);
}

/** Makes the root under its lock, unless another process has made it while we waited. */
async function makeRootUnless(env, isThere) {
  await withLock(join(cacheFolder(env), 'setup.lock'), 'the making of a private Asterisk', async () => {
    if (!(await isThere())) await makeRoot(rootFolder(env));
  });
}
