import { benchDialer } from './dialer/index.js';
import { benchTipLine } from './tipline/index.js';
import { benchVoice } from './voice/index.js';

/** The benchmarks by name: `npm run bench -- <name>`. Each measures what it compares in one run. */
const BENCHMARKS: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  dialer: benchDialer,
  tipline: benchTipLine,
  voice: benchVoice,
};

const [name, ...args] = process.argv.slice(2);
const names = Object.keys(BENCHMARKS);
const run = name === undefined || !names.includes(name) ? undefined : BENCHMARKS[name];
if (run) {
  try {
    await run(args);
  } catch (error) {
    console.error(`the benchmark failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
} else {
  console.error(`Name one of: ${names.join(', ')}. For example: npm run bench -- ${names[0] ?? ''}`);
  process.exitCode = 1;
}
