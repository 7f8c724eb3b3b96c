// Prints the progress of the set-up for a person: one short line per step.

import { performance } from 'node:perf_hooks';

/** Prints a line. */
export function say(line) {
  console.error(`burgernet: ${line}`);
}

/** Announces a step, does it, and prints how long it took when that was 2 s or more. */
export async function step(what, work) {
  say(`${what} …`);
  const started = performance.now();
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  if (seconds >= 2) say(`${what}: done in ${Math.round(seconds)} s`);
  return result;
}
