import { silence, type Sound } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { pressKey } from './keys.js';

export interface DigitsOptions {
  /** The most keys that are kept. */
  readonly max: number;
  /** Keeps `*` in the entry. By default `*` is ignored: next to the digits it is a slip of the finger. */
  readonly allowStar?: boolean;
  /**
   * The entry ends only at `#` or after a pause, keys beyond `max` are ignored, and `#` alone is an empty
   * entry. By default the entry also ends at key number `max`, and a `#` before the first digit is ignored.
   */
  readonly untilHash?: boolean;
  /** Silence after the sounds, as time to find the first key, in seconds. 0 by default. */
  readonly firstKeySeconds?: number;
}

/** A centralist's entry, such as a PIN or an area. Nothing that we ask for is longer than 20 keys. */
export const CENTRALIST_ENTRY: DigitsOptions = { max: 20, allowStar: true, untilHash: true, firstKeySeconds: 6 };

/** The longest pause between two keys. After a longer pause the entry is complete. */
const NEXT_KEY_MS = 5_000;
/** How long to wait for a `#` that the caller presses out of habit after the last digit. */
const HABITUAL_HASH_MS = 1_000;

/**
 * Plays the sounds and reads the digits that are keyed during and after them. The first key stops the sounds,
 * and keys pressed before the sounds began count. The entry ends at `#` or after a pause of five seconds.
 * Resolves with the digits without the `#`; with undefined when nothing was keyed.
 */
export async function readDigits(
  call: Call,
  sounds: readonly Sound[],
  { max, allowStar = false, untilHash = false, firstKeySeconds = 0 }: DigitsOptions,
): Promise<string | undefined> {
  let key = await pressKey(call, [...sounds, ...silence(firstKeySeconds)]);
  if (untilHash) {
    if (key === undefined) return undefined;
  } else {
    // A leading # ended the previous entry, but came too late to be read with it.
    while (key === '#' || key === '*') key = await call.digit({ timeoutMs: NEXT_KEY_MS });
  }
  let entry = '';
  while (key !== undefined && key !== '#') {
    if (entry.length < max && (allowStar || key !== '*')) entry += key;
    if (!untilHash && entry.length === max) {
      // Some callers still press # here, which must not answer the next question.
      await call.digit({ timeoutMs: HABITUAL_HASH_MS });
      break;
    }
    key = await call.digit({ timeoutMs: NEXT_KEY_MS });
  }
  return entry === '' && !untilHash ? undefined : entry;
}
