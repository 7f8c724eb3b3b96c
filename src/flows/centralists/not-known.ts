import { prompt } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { untilHungUp } from '../steps/until-hung-up.js';

/** What a centralist hears after dialling a number that is not in use. */
export async function sayNumberUnknown(call: Call): Promise<void> {
  await untilHungUp(
    async () => {
      await call.answer();
      call.step('unknown');
      await call.play([prompt('desk-unknown'), prompt('desk-goodbye')]);
    },
    () => undefined,
  );
}
