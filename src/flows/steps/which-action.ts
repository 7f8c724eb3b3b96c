import { prompt, type Sound } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { enterDigits } from './enter-digits.js';
import { answer, none, threeTries } from './three-tries.js';

/** An action as a centralist knows it. */
export interface OfferedAction {
  /** What people say: "actie 12". */
  readonly number: number;
  /** Its number, and its title. */
  readonly name: readonly Sound[];
}

/** The one action there is; of several the one whose number is dialled. Undefined when there is none, or none was chosen. */
export async function whichAction<A extends OfferedAction>(call: Call, actions: readonly A[]): Promise<A | undefined> {
  const [only, ...others] = actions;
  if (!only) {
    await call.play([prompt('desk-no-action')]);
    return undefined;
  }
  if (others.length === 0) return only;
  call.step('which');
  return threeTries(call, async () => {
    const keys = await enterDigits(call, [prompt('desk-which')]);
    if (keys === undefined) return none('desk-no-key');
    const chosen = actions.find(({ number }) => String(number) === keys);
    return chosen ? answer(chosen) : none('desk-unknown');
  });
}
