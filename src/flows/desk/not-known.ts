import { prompt } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { untilHungUp } from '../steps/until-hung-up.js';

/** What a centralist hears who dialled something that is nothing. */
export async function notKnown(call: Call): Promise<void> {
  await untilHungUp(
    async () => {
      await call.answer();
      call.step('unknown');
      await call.play([prompt('desk-unknown'), prompt('desk-goodbye')]);
    },
    () => undefined,
  );
}
