import {
  ENDING_PAUSE,
  MESSAGE_PAUSE,
  PROMPT_PAUSE,
  PROMPTINGS,
  REPLAYS,
  type Script,
  type Step,
} from '../domain/alert-script.js';
import { prompt, silence, type Sound } from '../domain/messages.js';
import type { Call } from '../ports/call.js';
import { pressKey } from './steps/keys.js';

/**
 * The alert call and the closing call, as the citizen hears them: the reference version.
 *
 * On a real line Asterisk plays these calls by itself (`asterisk-config/alert.conf`), so that a citizen is
 * not cut off and a pressed digit is not missed while the controller is away, and so that prompt and message
 * are on time when a hundred calls start in a second
 * ([0020](../../docs/decisions/0020-asterisk-says-the-alert.md) has the figures and the cost). The fake
 * telephony plays this function. A contract test (`test/support/alert-contract.ts`) holds both to the same
 * steps at the same times: change both, or the test fails.
 */
export interface AlertCallParts {
  readonly script: Script;
  /** The newest message of the action, asked for when the digit is pressed. */
  readonly newest: () => Sound;
  /** Called as each step begins. */
  readonly step: (step: Step) => void;
}

/** Plays an answered call to its end, and hangs up. Rejects with `HungUp` when the citizen hangs up. */
export async function alertCall(call: Call, parts: AlertCallParts): Promise<void> {
  await (parts.script.type === 'alert' ? alert(call, parts.script, parts) : closing(call, parts.script.message, parts));
  await call.hangUp();
}

async function alert(
  call: Call,
  { opening, ending }: Extract<Script, { type: 'alert' }>,
  { newest, step }: AlertCallParts,
): Promise<void> {
  const prompting = [prompt(opening), ...silence(PROMPT_PAUSE)];
  const digit = await pressKey(call, Array.from({ length: PROMPTINGS }, () => prompting).flat());
  if (digit === undefined) {
    step('goodbye');
    // The message is never played to a machine.
    await call.play([prompt('alert-goodbye')]);
    return;
  }
  const message = newest();
  step('message');
  await call.play([message, ...silence(MESSAGE_PAUSE), message]);
  for (let replays = 0; replays < REPLAYS; replays++) {
    call.forgetDigits();
    const again = await pressKey(call, [prompt(ending), ...silence(ENDING_PAUSE), prompt('thanks')]);
    if (again === undefined) return;
    step('replay');
    await call.play([message]);
  }
  await call.play([prompt('thanks')]);
}

async function closing(call: Call, message: Sound, { step }: AlertCallParts): Promise<void> {
  const whole = [prompt('closing-prompt'), message, ...silence(MESSAGE_PAUSE), message, prompt('closing-thanks')];
  const digit = await pressKey(call, whole);
  if (digit === undefined) {
    step('done');
    return;
  }
  // Citizens who press a digit, as they learned in the alert call, hear all of it from the start.
  step('message');
  await call.play(whole);
}
