// Provides a C compiler for the test that steps the clock of an Asterisk, because that test builds a small
// library.

import { installPackages } from './apt.mjs';
import { SetupError, which } from './processes.mjs';
import { say } from './say.mjs';

/** The compiler alone has no header files of the C library. */
const PACKAGES = ['gcc', 'libc6-dev'];

/**
 * Installs a compiler when we are root. A failure is only reported, because just one test needs the compiler.
 */
export async function makeCompilerReady(env) {
  if (which('cc', env)) return;
  try {
    await installPackages('The test of a clock that is stepped', PACKAGES);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`cc not found: the test that needs it will fail. On Debian: apt-get install ${PACKAGES.join(' ')}`);
    say(error.message);
  }
}
