import { prompt, silence, type Sound } from '../domain/messages.js';
import type { Call } from '../ports/call.js';
import { untilHungUp } from './steps/until-hung-up.js';

/** `confirmed`: a digit was pressed; `no_digit`: heard to the end without one; `hung_up`: hung up before that. */
export type ClosingResult = 'confirmed' | 'no_digit' | 'hung_up';

/**
 * What everyone who was reached hears at the end: that the action has ended and how, twice, and thanks. No digit is
 * asked for: there is nothing more to do, and nothing in it that a machine may not hear.
 */
export function closingCall(call: Call, message: Sound): Promise<ClosingResult> {
  let pressed = false;
  const watch = new AbortController();
  void call
    .digit({ signal: watch.signal })
    .then((digit) => {
      pressed = digit !== undefined;
    })
    .catch(() => undefined);
  return untilHungUp<ClosingResult>(
    async () => {
      call.step('closing');
      await call.play([prompt('closing-prompt'), message, ...silence(1), message, prompt('closing-thanks')]);
      return pressed ? 'confirmed' : 'no_digit';
    },
    () => (pressed ? 'confirmed' : 'hung_up'),
  ).finally(() => {
    watch.abort();
  });
}
