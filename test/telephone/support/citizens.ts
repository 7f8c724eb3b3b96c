import type { Citizen } from '../../../src/phonenet/index.js';

/**
 * A citizen who answers an alert, presses a key and hangs up in the message: the participant counts as
 * reached.
 */
export const reachable = (number: string): Citizen => {
  return { number, persona: 'hangs_up_in_message', answerAfterMs: 100, pressAfterMs: 300, hangUpAfterMs: 400 };
};
