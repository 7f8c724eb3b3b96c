import type { Sound } from '../../domain/messages.js';
import type { Call, Digit } from '../../ports/call.js';

/**
 * Plays the sounds until a key is pressed; undefined when they are over and none came. The first key stops the sound; a
 * key that is kept from before counts at once. Silence at the end of the sounds is the time to find the key.
 */
export async function pressKey(call: Call, sounds: readonly Sound[]): Promise<Digit | undefined> {
  const stop = new AbortController();
  const pressed = call.digit({ signal: stop.signal });
  const played = call.play(sounds, { signal: stop.signal });
  try {
    return await Promise.race([pressed, played.then(() => undefined)]);
  } finally {
    stop.abort();
    // The loser was told to stop; should the call end while it does, the race has said so already.
    pressed.catch(() => undefined);
    played.catch(() => undefined);
  }
}
