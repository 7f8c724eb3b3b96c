import type { PhoneCall } from '../ledger.js';
import type { AttemptNow } from './api-answers.js';
import { figure, forEach, type Check } from './checks.js';
import { whole, type HeardCall } from './evidence.js';

export type ClosingSound = 'prompt' | 'closing' | 'message';

export interface ClosingEvidence {
  /** Numbers on which somebody pressed a key, or from which a missed call was rung back. */
  readonly reached: ReadonlySet<string>;
  readonly calls: readonly PhoneCall[];
  readonly heard: readonly HeardCall<ClosingSound>[];
  readonly attempts: readonly AttemptNow[];
}

/** Hangs up in any call before its end. */
const IMPATIENT = 'hangs_up_in_message';

export function checkClosing({ reached, calls, heard, attempts }: ClosingEvidence): Check[] {
  const patient = heard.filter(({ call }) => call.persona !== IMPATIENT);
  const numbers = new Set([...reached, ...calls.map(({ number }) => number)]);
  return [
    forEach(
      'everybody reached, and nobody else, was called once with how it ended',
      [...numbers],
      (number) => {
        const were = calls.filter((call) => call.number === number).length;
        const due = reached.has(number) ? 1 : 0;
        return were === due ? undefined : `${number}: ${were} calls, ${due} expected`;
      },
      'numbers',
    ),
    forEach('they heard that it has ended, and how, twice', patient, (one) => {
      const { prompt, closing } = one.heard;
      if (whole(prompt) === 1 && whole(closing) === 2) return undefined;
      return `${one.call.number}: prompt ${whole(prompt)}, closing message ${whole(closing)}`;
    }),
    forEach('the old message was not played again', heard, (one) =>
      one.heard.message.length === 0 ? undefined : one.call.number,
    ),
    figure(
      'the service knows of the same closing calls',
      attempts.length === calls.length,
      `${attempts.length} and ${calls.length}`,
    ),
  ];
}
