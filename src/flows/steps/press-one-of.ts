import { silence, type Sound } from '../../domain/messages.js';
import type { Call, Digit } from '../../ports/call.js';
import { pressKey } from './keys.js';
import { answer, none, threeTries } from './three-tries.js';

/** Time to find the key. */
const KEY_SECONDS = 6;

/**
 * Asks for one of these keys, three times at most; a wrong key and none at all are answered. `opening` is said once, before
 * the question. Keys from before do not count: one that was pressed twice must not answer what was not asked yet.
 */
export function pressOneOf<Key extends Digit>(
  call: Call,
  keys: readonly Key[],
  question: readonly Sound[],
  opening: readonly Sound[] = [],
): Promise<Key | undefined> {
  return threeTries(call, async (again) => {
    call.forgetDigits();
    const pressed = await pressKey(call, [...(again ? [] : opening), ...question, ...silence(KEY_SECONDS)]);
    const key = keys.find((one) => one === pressed);
    if (key !== undefined) return answer(key);
    return none(pressed === undefined ? 'desk-no-key' : 'desk-wrong-key');
  });
}
