import { prompt } from '../../domain/messages.js';
import { PIN_TRIES_A_CALL } from '../../domain/pin.js';
import type { Call } from '../../ports/call.js';
import { CENTRALIST_ENTRY, readDigits } from '../steps/digits.js';

export interface PinCheck {
  /** `blocked`: after too many wrong PINs, none is taken now. `missing`: the centralist has no PIN. */
  pinState(): 'asked' | 'blocked' | 'missing';
  checkPin(pin: string): Promise<'right' | 'wrong' | 'blocked'>;
}

/**
 * Asks a centralist for their PIN:
 *
 *   no PIN, or blocked          → told so
 *   wrong, or nothing pressed   → told so, asked again; three times in a call
 *   right                       → goes on
 *
 * Resolves with whether the PIN was right.
 */
export async function provePin(call: Call, pins: PinCheck): Promise<boolean> {
  call.step('pin');
  const state = pins.pinState();
  if (state !== 'asked') {
    await call.play([prompt(state === 'blocked' ? 'desk-pin-blocked' : 'desk-no-pin')]);
    return false;
  }
  for (let tries = 0; tries < PIN_TRIES_A_CALL; tries++) {
    const pin = await readDigits(call, [prompt('desk-pin')], CENTRALIST_ENTRY);
    const checked = pin === undefined ? undefined : await pins.checkPin(pin);
    if (checked === 'right') return true;
    if (checked === 'blocked') {
      await call.play([prompt('desk-pin-blocked')]);
      return false;
    }
    await call.play([prompt(checked === undefined ? 'desk-no-key' : 'desk-pin-wrong')]);
  }
  return false;
}
