import { prompt, type Sound } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';

/** Plays `opening` and then hold audio for as long as the work takes; gives its result. Stops the sound when it is done. */
export async function holdWhile<T>(call: Call, opening: readonly Sound[], work: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const playing = (async (): Promise<never> => {
    await call.play(opening, { signal: stop.signal });
    while (!stop.signal.aborted) await call.play([prompt('hold')], { signal: stop.signal });
    return new Promise<never>(() => undefined);
  })();
  try {
    return await Promise.race([work, playing]);
  } finally {
    stop.abort();
    playing.catch(() => undefined);
  }
}
