import type { Outcome } from '../../domain/outcome.js';
import { parsePhoneNumber } from '../../domain/phone-number.js';
import type { Persona } from '../town/citizens.js';
import type { Town, Townsperson } from '../town/town.js';

/** The expected outcome of the n-th alert call (from 1) to a persona. */
export function expectedOutcome(persona: Persona, nth: number): Outcome {
  switch (persona) {
    case 'presses':
    case 'presses_again':
    case 'hangs_up_in_message':
    case 'early_media':
      return 'confirmed';
    case 'hangs_up':
      return 'hung_up';
    case 'no_digit':
    case 'voicemail':
      return 'no_digit';
    case 'no_answer':
    case 'early_media_announcement':
      return 'no_answer';
    case 'busy':
      return 'busy';
    case 'declines':
      return 'declined';
    case 'unreachable':
      return 'unreachable';
    case 'congestion':
      return 'congestion';
    case 'busy_then_presses':
      return nth === 1 ? 'busy' : 'confirmed';
    case 'no_answer_then_presses':
      return nth === 1 ? 'no_answer' : 'confirmed';
  }
}

/** Extra calls after these outcomes: the demo's `BURGERNET_RETRY`. */
export const RETRIES: Readonly<Partial<Record<Outcome, number>>> = { no_answer: 1, busy: 1 };

/** One call that an alert must make to a person. */
export interface ExpectedCall {
  readonly phone: string;
  readonly outcome: Outcome;
}

/**
 * The calls that a person must get: to each number in turn until a call is confirmed or declined, and then
 * once more to each number that was busy or not answered.
 */
export function expectedCalls({ phones }: Townsperson, personaOf: (phone: string) => Persona): readonly ExpectedCall[] {
  const calls: ExpectedCall[] = [];
  const over = (): boolean => calls.some(({ outcome }) => outcome === 'confirmed' || outcome === 'declined');
  for (const round of [1, 2]) {
    for (const typed of phones) {
      if (over()) return calls;
      const phone = e164(typed);
      const before = calls.filter((call) => call.phone === phone).at(-1);
      if (round === 2 && (before === undefined || (RETRIES[before.outcome] ?? 0) === 0)) continue;
      calls.push({ phone, outcome: expectedOutcome(personaOf(phone), round) });
    }
  }
  return calls;
}

/** The personas of the town by number. */
export function personas({ citizens }: Pick<Town, 'citizens'>): ReadonlyMap<string, Persona> {
  return new Map(citizens.map(({ number, persona }) => [e164(number), persona]));
}

export function e164(typed: string): string {
  const number = parsePhoneNumber(typed);
  if (!number.ok) throw new Error(`not a telephone number: ${typed}`);
  return number.value;
}
