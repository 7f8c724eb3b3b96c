import { prompt, silence, type Sound } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { whichAction, type OfferedAction } from '../steps/which-action.js';
import { goodbye } from '../steps/goodbye.js';
import { untilHungUp } from '../steps/until-hung-up.js';

export interface CountsActions<A extends OfferedAction> {
  readonly actions: readonly A[];
  /** The counts as they are now, in sentences; undefined when they cannot be said. */
  counts(action: A): Promise<Sound | undefined>;
}

export type CountsResult = 'heard' | 'not_heard' | 'hung_up';

/**
 * What a centralist hears who asks how an action goes (*22):
 *
 *   no action runs   → told so
 *   several          → its number and #
 *   its number and title; people selected, called and reached; tips
 */
export function hearCounts<A extends OfferedAction>(call: Call, desk: CountsActions<A>): Promise<CountsResult> {
  return untilHungUp<CountsResult>(
    async () => {
      await call.answer();
      const action = await whichAction(call, desk.actions);
      return action ? tell(call, desk, action) : goodbye(call, 'not_heard');
    },
    () => 'hung_up',
  );
}

async function tell<A extends OfferedAction>(call: Call, desk: CountsActions<A>, action: A): Promise<CountsResult> {
  call.step('counts');
  const counts = await desk.counts(action);
  if (!counts) return goodbye(call, 'not_heard', [prompt('desk-failed')]);
  await call.play([...action.name, counts, ...silence(1)]);
  return goodbye(call, 'heard');
}
