import type { PhoneCall } from '../ledger.js';
import type { AttemptNow } from './api-answers.js';
import { figure, forEach, type Check } from './checks.js';
import type { Townsperson } from '../town/town.js';
import { e164 } from './expected.js';
import { LISTENERS } from './listeners.js';
import { whole, type HeardCall } from './evidence.js';

/** The persona that hangs up before the end of every call. */
const IMPATIENT = 'hangs_up_in_message';

export type ClosingSound = 'prompt' | 'closing' | 'message';

export interface ClosingEvidence {
  readonly people: readonly Townsperson[];
  /** Numbers on which a key was pressed, or that called back after a missed call. */
  readonly reached: ReadonlySet<string>;
  readonly calls: readonly PhoneCall[];
  readonly heard: readonly HeardCall<ClosingSound>[];
  readonly attempts: readonly AttemptNow[];
}

export function checkClosing({ people, reached, calls, heard, attempts }: ClosingEvidence): Check[] {
  const reachedPeople = people.filter(({ phones }) => phones.some((phone) => reached.has(e164(phone))));
  const theirs = new Set(reachedPeople.flatMap(({ phones }) => phones.map(e164)));
  const listened = heard.filter(({ call }) => LISTENERS.has(call.persona));
  return [
    forEach(
      'everybody who was reached got the closing call and answered once',
      reachedPeople,
      ({ name, phones }) => {
        const own = new Set(phones.map(e164));
        const answers = listened.filter(({ call }) => own.has(call.number)).length;
        const called = calls.some(({ number }) => own.has(number));
        const early = calls.some(({ number, persona }) => own.has(number) && persona === IMPATIENT);
        return called && (answers === 1 || early) ? undefined : `${name}: ${answers} answered`;
      },
      'people',
    ),
    forEach('nobody else got a closing call, and no number got two', calls, ({ number }) => {
      if (!theirs.has(number)) return `${number} was not reached`;
      return calls.filter((call) => call.number === number).length === 1 ? undefined : `${number} twice`;
    }),
    forEach('they heard the closing prompt once and the closing message twice', listened, (one) => {
      const { prompt, closing } = one.heard;
      if (whole(prompt) === 1 && whole(closing) === 2) return undefined;
      return `${one.call.number}: prompt ${whole(prompt)}, closing message ${whole(closing)}`;
    }),
    forEach('the old message was not played again', heard, (one) =>
      one.heard.message.length === 0 ? undefined : one.call.number,
    ),
    figure(
      'the service stored the same closing calls',
      attempts.length === calls.length,
      `${attempts.length} and ${calls.length}`,
    ),
  ];
}
