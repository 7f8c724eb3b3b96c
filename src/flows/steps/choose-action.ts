import { prompt, silence, type PromptName, type Sound } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { pressKey } from './keys.js';

/** The choice is said so often to who presses nothing, and to who keeps pressing what is no choice. */
const SAID = 2;
const SAID_AT_MOST = 5;

const KEYS: readonly PromptName[] = ['tip-choose-1', 'tip-choose-2', 'tip-choose-3', 'tip-choose-4', 'tip-choose-5'];

/**
 * Which of several actions a caller comes for: its place in the list, from 0 on. `titles` are the spoken titles, at most
 * five. A key that is no choice makes it be said again. Who presses nothing has chosen the first, which is the newest.
 */
export async function chooseAction(call: Call, titles: readonly (readonly Sound[])[]): Promise<number> {
  call.step('choose');
  const choices = titles.flatMap((title, index) => {
    const key = KEYS[index];
    return key === undefined ? [] : [prompt(key), ...title];
  });
  let unanswered = 0;
  for (let said = 0; said < SAID_AT_MOST && unanswered < SAID; said++) {
    const key = await pressKey(call, [prompt('tip-choose'), ...choices, ...silence(4)]);
    if (key === undefined) unanswered += 1;
    const chosen = /[1-9]/.test(key ?? '') ? Number(key) - 1 : -1;
    if (chosen >= 0 && chosen < titles.length) return chosen;
  }
  return 0;
}
