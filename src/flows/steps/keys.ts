import { prompt, silence, type PromptName, type Sound } from '../../domain/messages.js';
import type { Call, Digit } from '../../ports/call.js';

/**
 * Plays the sounds until a key is pressed; resolves with undefined when the sounds end without one. A key
 * pressed before the sounds began counts at once. Silence at the end of the sounds is time to find the key.
 */
export async function pressKey(call: Call, sounds: readonly Sound[]): Promise<Digit | undefined> {
  const stop = new AbortController();
  const pressed = call.digit({ signal: stop.signal });
  const played = call.play(sounds, { signal: stop.signal });
  try {
    return await Promise.race([pressed, played.then(() => undefined)]);
  } finally {
    stop.abort();
    // The race has already settled, so an error of the loser is of no use: it can only say that the call
    // ended.
    pressed.catch(() => undefined);
    played.catch(() => undefined);
  }
}

/** Time to find the key, in seconds. */
const KEY_SECONDS = 6;

/**
 * Asks for one of these keys, at most three times. A wrong key or no key at all is answered with a prompt.
 * `opening` is played once, before the question. Keys pressed before the question are ignored, because a key
 * that was pressed twice must not answer a question that has not been asked.
 */
export function pressOneOf<Key extends Digit>(
  call: Call,
  keys: readonly Key[],
  question: readonly Sound[],
  opening: readonly Sound[] = [],
): Promise<Key | undefined> {
  return askThreeTimes(call, async (again) => {
    call.forgetDigits();
    const pressed = await pressKey(call, [...(again ? [] : opening), ...question, ...silence(KEY_SECONDS)]);
    const key = keys.find((one) => one === pressed);
    if (key !== undefined) return answer(key);
    return noAnswer(pressed === undefined ? 'desk-no-key' : 'desk-wrong-key');
  });
}

/** An answer to a question, or no usable answer and the prompt that says why. */
export type Answer<T> =
  { readonly type: 'answer'; readonly value: T } | { readonly type: 'none'; readonly say: PromptName };

export const answer = <T>(value: T): Answer<T> => ({ type: 'answer', value });
export const noAnswer = (say: PromptName): Answer<never> => ({ type: 'none', say });

const TRIES = 3;

/** Asks until there is a usable answer, at most three times; then resolves with undefined. */
export async function askThreeTimes<T>(
  call: Call,
  ask: (again: boolean) => Promise<Answer<T>>,
): Promise<T | undefined> {
  for (let tries = 0; tries < TRIES; tries++) {
    const given = await ask(tries > 0);
    if (given.type === 'answer') return given.value;
    await call.play([prompt(given.say)]);
  }
  return undefined;
}
