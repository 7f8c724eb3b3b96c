import { prompt, type PromptName } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';

/** What somebody answered: something, or nothing that can be used, and what is said to that. */
export type Answer<T> =
  { readonly type: 'answer'; readonly value: T } | { readonly type: 'none'; readonly say: PromptName };

export const answer = <T>(value: T): Answer<T> => ({ type: 'answer', value });
export const none = (say: PromptName): Answer<never> => ({ type: 'none', say });

const TRIES = 3;

/** Asks until there is an answer, three times at most; what is none is answered each time. Undefined when there was none. */
export async function threeTries<T>(call: Call, ask: (again: boolean) => Promise<Answer<T>>): Promise<T | undefined> {
  for (let tries = 0; tries < TRIES; tries++) {
    const given = await ask(tries > 0);
    if (given.type === 'answer') return given.value;
    await call.play([prompt(given.say)]);
  }
  return undefined;
}
