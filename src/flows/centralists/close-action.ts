import { RESULTS, type Result } from '../../domain/kinds.js';
import { prompt, silence } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { chooseActionByNumber, type OfferedAction } from '../steps/choose-action.js';
import { pressOneOf } from '../steps/keys.js';
import { goodbye, untilHungUp } from '../steps/until-hung-up.js';

export interface CloseActions<A extends OfferedAction> {
  /** The actions that the centralist may close. */
  readonly offered: readonly A[];
  /** Resolves with whether the action is closed. */
  close(action: A, result: Result): Promise<boolean>;
}

export type CloseResult = 'closed' | 'not_closed' | 'no_action' | 'hung_up';

/**
 * What a centralist hears when closing an action by telephone (*21):
 *
 *   none of their actions runs   → told so
 *   several run                  → asked for the number of one, and #
 *   its number and title, then the result: 1 to 4
 *   1 to close it                2, or nothing → the action goes on
 *   it is closed
 */
export function closeAction<A extends OfferedAction>(call: Call, actions: CloseActions<A>): Promise<CloseResult> {
  return untilHungUp<CloseResult>(
    async () => {
      await call.answer();
      const action = await chooseActionByNumber(call, actions.offered);
      return action ? conclude(call, actions, action) : goodbye(call, 'no_action');
    },
    () => 'hung_up',
  );
}

async function conclude<A extends OfferedAction>(
  call: Call,
  actions: CloseActions<A>,
  action: A,
): Promise<CloseResult> {
  call.step('result');
  const key = await pressOneOf(call, ['1', '2', '3', '4'], [prompt('desk-result')], [...action.name, ...silence(1)]);
  const result = key && RESULTS[Number(key) - 1];
  if (!result || !(await confirm(call))) return goodbye(call, 'not_closed', [prompt('desk-not-closed')]);
  if (await actions.close(action, result)) return goodbye(call, 'closed', [prompt('desk-closed')]);
  return goodbye(call, 'not_closed', [prompt('desk-failed'), prompt('desk-not-closed')]);
}

async function confirm(call: Call): Promise<boolean> {
  call.step('confirm');
  // A second of silence, so that a key pressed twice for the result does not close the action.
  await call.play(silence(1));
  return (await pressOneOf(call, ['1', '2'], [prompt('desk-close')])) === '1';
}
