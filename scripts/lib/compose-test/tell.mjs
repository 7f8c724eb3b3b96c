// What a person reads of a compose test: each step as it begins, and how long it took.

import { performance } from 'node:perf_hooks';

const started = performance.now();
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(0)} s`;

export const tell = (line) => console.log(`compose-test: ${line}`);

/** Announces a step, does it, and says how long it took; what it throws names the step. */
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

/** Thrown when the test cannot be done on this machine at all; it says nothing about the product. */
export class NotRun extends Error {
  name = 'NotRun';
}

/** Throws unless it holds. */
export function demand(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}
