// Prints the progress of the compose test for a person: each step when it begins, and how long it took.

import { performance } from 'node:perf_hooks';

const started = performance.now();
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(0)} s`;

export const tell = (line) => console.log(`compose-test: ${line}`);

/**
 * Announces a step, does it, and prints its result (when that is a text) and how long it took. When the step
 * fails, prints that and throws the error again.
 */
export async function step(what, work) {
  tell(`${what} …`);
  const began = performance.now();
  try {
    const found = await work();
    tell(`${what}: ${typeof found === 'string' ? `${found}; ` : ''}${seconds(began)}`);
    return found;
  } catch (error) {
    tell(`${what}: FAILED after ${seconds(began)}`);
    throw error;
  }
}

export const soFar = () => seconds(started);

/** Thrown when this machine cannot run the test at all. It says nothing about the product. */
export class NotRun extends Error {
  name = 'NotRun';
}

/** Throws an error with the message `otherwise` unless `holds` is true. */
export function demand(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}
