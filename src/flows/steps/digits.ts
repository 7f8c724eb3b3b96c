import type { Sound } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { pressKey } from './keys.js';

/** So long there may be between two keys; after it the entry is over. */
const BETWEEN_KEYS_MS = 5_000;
/** So soon after the last digit a needless `#` comes. */
const LAST_HASH_MS = 1_000;

/**
 * What somebody types while and after the sounds play: up to `most` digits, ended by `#` or by a pause; undefined when no
 * digit came. The first key stops the sounds. A `*` is left out: beside the digits it is a slip of the finger.
 */
export async function typeDigits(call: Call, sounds: readonly Sound[], most: number): Promise<string | undefined> {
  let typed = '';
  let key = await pressKey(call, sounds);
  // A # of the entry before, that came too late to belong to it.
  while (key === '#' || key === '*') key = await call.digit({ timeoutMs: BETWEEN_KEYS_MS });
  while (key !== undefined && key !== '#') {
    if (key !== '*') typed += key;
    if (typed.length === most) {
      // Some press it from habit; it belongs to nothing that follows.
      await call.digit({ timeoutMs: LAST_HASH_MS });
      break;
    }
    key = await call.digit({ timeoutMs: BETWEEN_KEYS_MS });
  }
  return typed === '' ? undefined : typed;
}
