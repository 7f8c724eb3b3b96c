import { silence, type Sound } from '../../domain/messages.js';
import type { Call, Digit } from '../../ports/call.js';
import { pressKey } from './keys.js';

/** Time to find the first key, and between one key and the next. */
const FIRST_KEY_SECONDS = 6;
const NEXT_KEY_MS = 5_000;
/** More keys than this are no number that we ask for. */
const MOST_KEYS = 20;

/**
 * Plays the sounds and takes keys until the #, or until none has come for a while. The first key stops the sounds; keys that
 * are kept from before count. Gives them without the #: '' when it was the only one, undefined when there was none.
 */
export async function enterDigits(call: Call, sounds: readonly Sound[]): Promise<string | undefined> {
  const first = await pressKey(call, [...sounds, ...silence(FIRST_KEY_SECONDS)]);
  if (first === undefined) return undefined;
  let keys = '';
  for (
    let key: Digit | undefined = first;
    key !== undefined && key !== '#';
    key = await call.digit({ timeoutMs: NEXT_KEY_MS })
  ) {
    if (keys.length < MOST_KEYS) keys += key;
  }
  return keys;
}
