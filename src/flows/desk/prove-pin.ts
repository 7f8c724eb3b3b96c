import { prompt } from '../../domain/messages.js';
import { PIN_TRIES_A_CALL } from '../../domain/pin.js';
import type { Call } from '../../ports/call.js';
import { enterDigits } from '../steps/enter-digits.js';

export interface PinCheck {
  /** `blocked`: too many were wrong, none is taken now. `missing`: they have none. */
  pinState(): 'asked' | 'blocked' | 'missing';
  checkPin(pin: string): Promise<'right' | 'wrong' | 'blocked'>;
}

/**
 * Asks a centralist for their PIN:
 *
 *   has none, or was wrong too often   → told so
 *   wrong, or nothing pressed          → told so, asked again; three times in a call
 *   right                              → goes on
 *
 * Resolves with whether it was right.
 */
export async function provePin(call: Call, desk: PinCheck): Promise<boolean> {
  call.step('pin');
  const state = desk.pinState();
  if (state !== 'asked') {
    await call.play([prompt(state === 'blocked' ? 'desk-pin-blocked' : 'desk-no-pin')]);
    return false;
  }
  for (let tries = 0; tries < PIN_TRIES_A_CALL; tries++) {
    const pin = await enterDigits(call, [prompt('desk-pin')]);
    const checked = pin === undefined ? undefined : await desk.checkPin(pin);
    if (checked === 'right') return true;
    if (checked === 'blocked') {
      await call.play([prompt('desk-pin-blocked')]);
      return false;
    }
    await call.play([prompt(checked === undefined ? 'desk-no-key' : 'desk-pin-wrong')]);
  }
  return false;
}
