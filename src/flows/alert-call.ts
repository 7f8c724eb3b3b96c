import { prompt, silence, type PromptName, type Sound } from '../domain/messages.js';
import type { Call } from '../ports/call.js';
import { pressKey } from './steps/press-key.js';
import { untilHungUp } from './steps/until-hung-up.js';

export interface AlertScript {
  /** `alert-prompt`, or `update-prompt` for a message that changed. */
  readonly opening: PromptName;
  readonly ending: PromptName;
  /** Begin with the message: the digit was pressed before the controller was restarted. */
  readonly confirmedBefore: boolean;
  /** Called at the instant the message begins; gives the message as it is then, for it may have been updated meanwhile. */
  readonly confirm: () => Sound;
}

/** `hung_up` is before a digit; hanging up after it is still `confirmed`. */
export type AlertResult = 'confirmed' | 'no_digit' | 'hung_up';

/** How often the message may be asked for again. */
const REPLAYS = 3;

/**
 * What a citizen hears who is called with an alert:
 *
 *   who we are, press any digit (three times, 4 s apart)
 *     no digit  → goodbye; the message is never played to a machine
 *     any digit → the message, a pause, the message once more
 *                 → where to ring; press a digit to hear it again (three times at most) → thanks
 */
export function alertCall(call: Call, script: AlertScript): Promise<AlertResult> {
  let confirmed = script.confirmedBefore;
  return untilHungUp(
    async () => {
      if (!confirmed) {
        call.step('prompt');
        const digit = await pressKey(call, threeTimes(prompt(script.opening)));
        if (digit === undefined) {
          call.step('goodbye');
          await call.play([prompt('alert-goodbye')]);
          return 'no_digit';
        }
        confirmed = true;
      }
      const message = script.confirm();
      call.step('message');
      await call.play([message, ...silence(1), message]);
      for (let replays = 0; replays < REPLAYS; replays++) {
        call.step('ending');
        call.forgetDigits();
        const again = await pressKey(call, [prompt(script.ending), ...silence(5)]);
        if (again === undefined) break;
        call.step('replay');
        await call.play([message]);
      }
      call.step('thanks');
      await call.play([prompt('thanks')]);
      return 'confirmed';
    },
    () => (confirmed ? 'confirmed' : 'hung_up'),
  );
}

/**
 * The longest that this can last, in ms: a line on which it lasts longer is nobody's any more. The longest prompt and
 * ending are counted, for which of them it is does not matter to the limit.
 */
export function longestAlertMs(message: Sound, msOf: (sound: Sound) => number): number {
  const sum = (sounds: readonly Sound[]): number => sounds.reduce((ms, sound) => ms + msOf(sound), 0);
  const longest = (...names: PromptName[]): Sound =>
    names.map(prompt).reduce((best, sound) => (msOf(sound) > msOf(best) ? sound : best));
  const asked = sum(threeTimes(longest('alert-prompt', 'update-prompt')));
  const ending = sum([longest('ending', 'ending-child', 'ending-adult'), ...silence(5)]);
  const told = sum([message, ...silence(1), message]) + REPLAYS * (ending + msOf(message)) + msOf(prompt('thanks'));
  return asked + told + SLACK_MS;
}

/** What the orders take between one sound and the next, all together. */
const SLACK_MS = 3_000;

function threeTimes(sound: Sound): Sound[] {
  return [sound, ...silence(4), sound, ...silence(4), sound, ...silence(4)];
}
