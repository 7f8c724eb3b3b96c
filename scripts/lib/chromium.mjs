// Provides a browser for the tests of the console: Chromium from this machine's own packages.

import { installPackages } from './apt.mjs';
import { SetupError, which } from './processes.mjs';
import { say } from './say.mjs';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
const PACKAGE = 'chromium';

/** The path of a Chromium on the PATH; undefined when there is none. */
export function findChromium(env = process.env) {
  return PROGRAMS.map((program) => which(program, env)).find((path) => path !== undefined);
}

/**
 * Installs Chromium when we are root. A failure is only reported, because only the tests with a browser need
 * it.
 */
export async function makeChromiumReady(env) {
  if (findChromium(env)) return;
  try {
    await installPackages('A browser for the tests of the console', [PACKAGE]);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`Chromium not found: tests that need it will fail. On Debian: apt-get install ${PACKAGE}`);
    say(error.message);
  }
}
