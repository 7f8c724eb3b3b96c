import { prompt, silence, type Sound } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { chooseActionByNumber, type OfferedAction } from '../steps/choose-action.js';
import { goodbye, untilHungUp } from '../steps/until-hung-up.js';

export interface CountsActions<A extends OfferedAction> {
  /** The actions that the centralist may hear about. */
  readonly offered: readonly A[];
  /** The counts of this moment as spoken sentences; undefined when they cannot be spoken. */
  counts(action: A): Promise<Sound | undefined>;
}

export type CountsResult = 'heard' | 'not_heard' | 'hung_up';

/**
 * What a centralist hears when asking how an action is going (*22):
 *
 *   no action runs   → told so
 *   several run      → asked for the number of one, and #
 *   its number and title; people selected, called and reached; tips
 */
export function hearCounts<A extends OfferedAction>(call: Call, actions: CountsActions<A>): Promise<CountsResult> {
  return untilHungUp<CountsResult>(
    async () => {
      await call.answer();
      const action = await chooseActionByNumber(call, actions.offered);
      return action ? sayCounts(call, actions, action) : goodbye(call, 'not_heard');
    },
    () => 'hung_up',
  );
}

async function sayCounts<A extends OfferedAction>(
  call: Call,
  actions: CountsActions<A>,
  action: A,
): Promise<CountsResult> {
  call.step('counts');
  const counts = await actions.counts(action);
  if (!counts) return goodbye(call, 'not_heard', [prompt('desk-failed')]);
  await call.play([...action.name, counts, ...silence(1)]);
  return goodbye(call, 'heard');
}
