import {
  ENDING_PAUSE,
  MESSAGE_PAUSE,
  PROMPT_PAUSE,
  PROMPTINGS,
  REPLAYS,
  type Script,
  type Step,
} from '../../src/domain/alert-script.js';
import { prompt, silence, type Sound } from '../../src/domain/messages.js';
import { pressKey } from '../../src/flows/steps/keys.js';
import type { Call } from '../../src/ports/call.js';

/**
 * The announcement as the real telephony says it (asterisk-config/extensions.conf, [alert] and [closing]), for a call of the
 * fake one. The contract of calls holds both to the same.
 */
export async function tell(
  call: Call,
  script: Script,
  message: () => Sound,
  step: (step: Step) => void,
): Promise<void> {
  await (script.type === 'alert' ? alert(call, script, message, step) : closing(call, script.message, step));
  await call.hangUp();
}

async function alert(
  call: Call,
  script: Extract<Script, { type: 'alert' }>,
  newest: () => Sound,
  step: (step: Step) => void,
): Promise<void> {
  const once = [prompt(script.opening), ...silence(PROMPT_PAUSE)];
  const key = await pressKey(call, Array.from({ length: PROMPTINGS }, () => once).flat());
  if (key === undefined) {
    step('goodbye');
    await call.play([prompt('alert-goodbye')]);
    return;
  }
  const message = newest();
  step('message');
  await call.play([message, ...silence(MESSAGE_PAUSE), message]);
  for (let replays = 0; replays < REPLAYS; replays++) {
    call.forgetDigits();
    const again = await pressKey(call, [prompt(script.ending), ...silence(ENDING_PAUSE), prompt('thanks')]);
    if (again === undefined) return;
    step('replay');
    await call.play([message]);
  }
  await call.play([prompt('thanks')]);
}

async function closing(call: Call, message: Sound, step: (step: Step) => void): Promise<void> {
  const whole = [prompt('closing-prompt'), message, ...silence(MESSAGE_PAUSE), message, prompt('closing-thanks')];
  const key = await pressKey(call, whole);
  if (key === undefined) {
    step('done');
    return;
  }
  step('message');
  await call.play(whole);
}
