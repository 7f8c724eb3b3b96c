import { TRIES_A_CALL } from '../../domain/code-check.js';
import { digitByDigit, prompt, silence, type PromptName, type Sound } from '../../domain/messages.js';
import { CODE_DIGITS } from '../../domain/personal-code.js';
import type { Call } from '../../ports/call.js';
import { readDigits } from './digits.js';
import { pressKey } from './keys.js';

/** The verdict on a code that was keyed. */
export type CodeAnswer<T> =
  | { readonly type: 'welcome'; readonly welcome: T }
  | { readonly type: 'wrong' }
  /** The caller must key their telephone number as well. */
  | { readonly type: 'ask_number' }
  /** No more codes are taken in this call. */
  | { readonly type: 'refused' };

export interface CodeActions<T> {
  check(code: string): CodeAnswer<T>;
  checkWithNumber(code: string, number: string): CodeAnswer<T>;
}

/** The longest E.164 number. */
const NUMBER_DIGITS = 15;
const OFFER_KEY = '5';

/**
 * Asks a caller who withholds their number for their personal code. Resolves with undefined when no code was
 * accepted.
 */
export async function askCode<T>(call: Call, codes: CodeActions<T>): Promise<T | undefined> {
  call.step('code');
  const ask = prompt('tip-code');
  let sounds: Sound[] = [prompt('tip-withheld'), ask, ...silence(4), ask, ...silence(6)];
  for (let tried = 1; ; tried++) {
    const code = await readDigits(call, sounds, { max: CODE_DIGITS });
    // A caller who presses nothing has heard the whole explanation.
    if (code === undefined) return undefined;
    let answer = codes.check(code);
    if (answer.type === 'ask_number') {
      const number = await readDigits(call, [prompt('tip-code-number'), ...silence(8)], { max: NUMBER_DIGITS });
      answer = codes.checkWithNumber(code, number ?? '');
    }
    if (answer.type === 'welcome') return answer.welcome;
    if (answer.type === 'refused' || tried === TRIES_A_CALL) break;
    sounds = [prompt('tip-code-wrong'), ...silence(8)];
  }
  await call.play([prompt('tip-code-refused')]);
  return undefined;
}

/** Offers to say a participant's personal code, and says it twice when they press the key for it. */
export async function offerCode(call: Call, opening: PromptName, code: string): Promise<void> {
  if ((await pressKey(call, [prompt(opening), prompt('tip-code-offer'), ...silence(5)])) !== OFFER_KEY) return;
  call.step('say-code');
  const spoken = digitByDigit(code);
  await call.play([prompt('tip-code-is'), ...spoken, ...silence(1), ...spoken, ...silence(1), prompt('tip-code-use')]);
}
