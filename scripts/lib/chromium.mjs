// A browser for the tests of the console: Chromium of this machine's own packages.

import { installPackages } from './apt.mjs';
import { SetupError, which } from './processes.mjs';
import { say } from './say.mjs';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
const PACKAGE = 'chromium';

/** The path of a Chromium on the PATH; undefined when there is none. */
export function findChromium(env = process.env) {
  return PROGRAMS.map((program) => which(program, env)).find((path) => path !== undefined);
}

/** Installs it where that is ours to do, or says how: the other tests work without it, those with a browser fail. */
export async function makeChromiumReady(env) {
  if (findChromium(env)) return;
  try {
    await installPackages('A browser for the tests of the console', [PACKAGE]);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`no Chromium found, tests that need it will fail. Install with: apt-get install ${PACKAGE}`);
    say(error.message);
  }
}
