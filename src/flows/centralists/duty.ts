import { prompt } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { untilHungUp } from '../steps/until-hung-up.js';

/** `still_runs`: the centralist is off duty, although an action of theirs runs. */
export type DutyResult = 'on_duty' | 'off_duty' | 'still_runs' | 'failed';

/**
 * What a centralist hears when going on or off duty (*10, *11): the new state, and a warning when an action
 * of theirs still runs. The new state is stored before the call is answered, so it holds even when the
 * centralist hangs up at once.
 */
export async function confirmDuty(call: Call, result: DutyResult): Promise<void> {
  await untilHungUp(
    async () => {
      await call.answer();
      call.step(result);
      if (result === 'failed') await call.play([prompt('desk-failed')]);
      else await call.play([prompt(result === 'on_duty' ? 'desk-on-duty' : 'desk-off-duty')]);
      if (result === 'still_runs') await call.play([prompt('desk-still-runs')]);
      await call.play([prompt('desk-goodbye')]);
    },
    () => undefined,
  );
}
