import { RESULTS, type Result } from '../../domain/kinds.js';
import { prompt, silence } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { whichAction, type OfferedAction } from '../steps/which-action.js';
import { goodbye } from '../steps/goodbye.js';
import { pressOneOf } from '../steps/press-one-of.js';
import { untilHungUp } from '../steps/until-hung-up.js';

export interface CloseActions<A extends OfferedAction> {
  readonly actions: readonly A[];
  /** Resolves with whether it is closed. */
  close(action: A, result: Result): Promise<boolean>;
}

export type CloseResult = 'closed' | 'not_closed' | 'no_action' | 'hung_up';

/**
 * What a centralist hears who closes an action by telephone (*21):
 *
 *   no action of theirs runs     → told so
 *   several                      → its number and #
 *   its number and title, and how did it end: 1 to 4
 *   1 to close it                2, or nothing → it goes on
 *   it is closed
 */
export function closeAction<A extends OfferedAction>(call: Call, desk: CloseActions<A>): Promise<CloseResult> {
  return untilHungUp<CloseResult>(
    async () => {
      await call.answer();
      const action = await whichAction(call, desk.actions);
      return action ? conclude(call, desk, action) : goodbye(call, 'no_action');
    },
    () => 'hung_up',
  );
}

async function conclude<A extends OfferedAction>(call: Call, desk: CloseActions<A>, action: A): Promise<CloseResult> {
  call.step('result');
  const key = await pressOneOf(call, ['1', '2', '3', '4'], [prompt('desk-result')], [...action.name, ...silence(1)]);
  const result = key && RESULTS[Number(key) - 1];
  if (!result || !(await confirm(call))) return goodbye(call, 'not_closed', [prompt('desk-not-closed')]);
  if (await desk.close(action, result)) return goodbye(call, 'closed', [prompt('desk-closed')]);
  return goodbye(call, 'not_closed', [prompt('desk-failed'), prompt('desk-not-closed')]);
}

async function confirm(call: Call): Promise<boolean> {
  call.step('confirm');
  // Nobody closes an action with a key that was pressed once too often before.
  await call.play(silence(1));
  return (await pressOneOf(call, ['1', '2'], [prompt('desk-close')])) === '1';
}
