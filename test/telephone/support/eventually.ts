import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 25;

/**
 * Polls a condition that no event announces, such as a file that Asterisk writes, and returns its first value
 * that is not undefined. Throws when there is none within `withinMs`.
 * @param what names the condition in the error: 'the recording of a tip'
 */
export async function eventually<T>(
  look: () => Promise<T | undefined> | T | undefined,
  withinMs: number,
  what: string,
  pollMs = POLL_MS,
): Promise<T> {
  for (const deadline = performance.now() + withinMs; ; await pause(pollMs)) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain for: ${what}`);
  }
}
