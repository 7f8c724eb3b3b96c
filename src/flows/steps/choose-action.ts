import { prompt, silence, type PromptName, type Sound } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { CENTRALIST_ENTRY, readDigits } from './digits.js';
import { answer, noAnswer, pressKey, askThreeTimes } from './keys.js';

/** Readings of the choice without a key, after which the newest action is taken; and most readings in all. */
const READ_OUT = 2;
const READ_OUT_AT_MOST = 5;

const KEYS: readonly PromptName[] = ['tip-choose-1', 'tip-choose-2', 'tip-choose-3', 'tip-choose-4', 'tip-choose-5'];

/**
 * Asks a caller which of several actions the call is about. Resolves with the index of that action, from 0.
 * `titles` are the spoken titles, at most five, the newest action first; a pause after each keeps it with its
 * own key. Any other key makes the choice be read out again. A caller who presses nothing gets the newest
 * action.
 */
export async function chooseAction(call: Call, titles: readonly (readonly Sound[])[]): Promise<number> {
  call.step('choose');
  const choices = titles.flatMap((title, index) => {
    const key = KEYS[index];
    return key === undefined ? [] : [prompt(key), ...title, ...silence(1)];
  });
  let unanswered = 0;
  for (let readOut = 0; readOut < READ_OUT_AT_MOST && unanswered < READ_OUT; readOut++) {
    const key = await pressKey(call, [prompt('tip-choose'), ...silence(1), ...choices, ...silence(3)]);
    if (key === undefined) unanswered += 1;
    const chosen = /[1-9]/.test(key ?? '') ? Number(key) - 1 : -1;
    if (chosen >= 0 && chosen < titles.length) return chosen;
  }
  return 0;
}

/** An action that a centralist can choose by its number. */
export interface OfferedAction {
  /** The number that people use for it: "actie 12". */
  readonly number: number;
  /** Its spoken number and title. */
  readonly name: readonly Sound[];
}

/**
 * Asks a centralist for the number of one of these actions; a single action is not asked for. Resolves with
 * undefined when there is no action, or when none was chosen in three tries.
 */
export async function chooseActionByNumber<A extends OfferedAction>(
  call: Call,
  offered: readonly A[],
): Promise<A | undefined> {
  const [only, ...others] = offered;
  if (!only) {
    await call.play([prompt('desk-no-action')]);
    return undefined;
  }
  if (others.length === 0) return only;
  call.step('which');
  return askThreeTimes(call, async () => {
    const keys = await readDigits(call, [prompt('desk-which')], CENTRALIST_ENTRY);
    if (keys === undefined) return noAnswer('desk-no-key');
    const chosen = offered.find(({ number }) => String(number) === keys);
    return chosen ? answer(chosen) : noAnswer('desk-unknown');
  });
}
