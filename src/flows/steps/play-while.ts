import type { Sound } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';

/** Plays `opening` and then `loop` over and over for as long as the work takes; gives its result. Stops the sound then. */
export async function playWhile<T>(
  call: Call,
  { opening = [], loop }: { readonly opening?: readonly Sound[]; readonly loop: Sound },
  work: Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const playing = (async (): Promise<never> => {
    if (opening.length > 0) await call.play(opening, { signal: stop.signal });
    while (!stop.signal.aborted) await call.play([loop], { signal: stop.signal });
    return new Promise<never>(() => undefined);
  })();
  try {
    return await Promise.race([work, playing]);
  } finally {
    stop.abort();
    playing.catch(() => undefined);
  }
}
