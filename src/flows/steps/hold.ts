import { prompt, type Sound } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';

/**
 * Plays hold audio until the work is done, or until `signal` aborts. Resolves with the result of the work.
 */
export async function holdUntil<T>(call: Call, work: Promise<T>, signal: AbortSignal): Promise<T> {
  let done = false;
  const note = (): void => {
    done = true;
  };
  work.then(note, note);
  // Work that is already done needs no hold audio.
  await Promise.resolve();
  return done ? work : playWhile(call, { loop: prompt('hold'), signal }, work);
}

/**
 * Plays `opening` once and then `loop` again and again until the work is done, or until `signal` aborts.
 * Resolves with the result of the work.
 */
export async function playWhile<T>(
  call: Call,
  {
    opening = [],
    loop,
    signal,
  }: { readonly opening?: readonly Sound[]; readonly loop: Sound; readonly signal?: AbortSignal },
  work: Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const stop = signal ? AbortSignal.any([signal, done.signal]) : done.signal;
  const playing = (async (): Promise<never> => {
    if (opening.length > 0) await call.play(opening, { signal: stop });
    while (!stop.aborted) await call.play([loop], { signal: stop });
    return new Promise<never>(() => undefined);
  })();
  try {
    return await Promise.race([work, playing]);
  } finally {
    done.abort();
    playing.catch(() => undefined);
  }
}
