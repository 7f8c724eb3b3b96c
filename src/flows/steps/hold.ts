import { prompt } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';

/** Plays hold audio for as long as the work takes, and gives its result. Stops it then, and when `signal` aborts. */
export async function holdUntil<T>(call: Call, work: Promise<T>, signal: AbortSignal): Promise<T> {
  let done = false;
  const note = (): void => {
    done = true;
  };
  work.then(note, note);
  // What is there already needs no hold audio.
  await Promise.resolve();
  if (done) return work;
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const holding = (async (): Promise<never> => {
    while (!either.aborted) await call.play([prompt('hold')], { signal: either });
    return new Promise<never>(() => undefined);
  })();
  try {
    return await Promise.race([work, holding]);
  } finally {
    stop.abort();
    holding.catch(() => undefined);
  }
}
