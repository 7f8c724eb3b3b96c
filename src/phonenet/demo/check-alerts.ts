import type { PhoneCall } from '../ledger.js';
import type { Persona } from '../town/citizens.js';
import type { Townsperson } from '../town/town.js';
import type { AttemptNow } from './api-answers.js';
import { figure, forEach, type Check } from './checks.js';
import { mostAtOnce, mostInOneSecond, percentile, whole, type HeardCall } from './evidence.js';
import { e164, expectedCalls } from './expected.js';
import { LISTENERS } from './listeners.js';

export type AlertSound = 'message' | 'prompt' | 'ending' | 'thanks' | 'goodbye';

/** The facts about the alert calls that are checked. */
export interface AlertEvidence {
  readonly people: readonly Townsperson[];
  readonly personaOf: (phone: string) => Persona;
  /** The number that called back after the first missed call. It is therefore not called again. */
  readonly rangBack: string;
  /** Calls that reached the phone network, in order. */
  readonly calls: readonly PhoneCall[];
  /** The answered calls. */
  readonly heard: readonly HeardCall<AlertSound>[];
  /** The attempts that the service stored. */
  readonly attempts: readonly AttemptNow[];
  readonly lines: number;
  readonly cps: number;
}

/** The longest allowed silence after the answer, and after the key. */
const SILENCE_MS = 100;

export function checkAlerts(evidence: AlertEvidence): Check[] {
  const { heard, calls } = evidence;
  const pressed = heard.filter(({ call }) => call.pressed.length > 0);
  const listened = pressed.filter(({ call }) => LISTENERS.has(call.persona));
  const silent = heard.filter(({ call }) => call.pressed.length === 0);
  const machines = heard.filter(({ call }) => call.persona === 'voicemail');
  return [
    ...whoWasCalled(evidence),
    forEach(
      'people who pressed a key and stayed heard the message twice, the ending and the thanks',
      listened,
      (one) => {
        const plays = one.call.persona === 'presses_again' ? 3 : 2;
        const { message, ending, thanks } = one.heard;
        if (whole(message) >= plays && whole(ending) >= 1 && whole(thanks) === 1) return undefined;
        return `${one.call.number} (${one.call.persona}): message ${whole(message)}, ending ${whole(ending)}, thanks ${whole(thanks)}`;
      },
    ),
    forEach(
      'people who pressed a key and hung up early heard the message begin',
      pressed.filter((one) => !listened.includes(one)),
      (one) => (one.heard.message.length === 1 ? undefined : `${one.call.number}: ${one.heard.message.length} times`),
    ),
    forEach('people who pressed no key heard nothing of the message', silent, (one) =>
      one.heard.message.length === 0 ? undefined : `${one.call.number} (${one.call.persona})`,
    ),
    forEach('voicemails heard the prompt three times and the goodbye, never the message', machines, (one) => {
      const { message, prompt, goodbye } = one.heard;
      if (message.length === 0 && whole(prompt) === 3 && whole(goodbye) === 1) return undefined;
      return `${one.call.number}: message ${message.length}, prompt ${whole(prompt)}, goodbye ${whole(goodbye)}`;
    }),
    delays(
      'answer → first sound',
      heard.map((one) => one.firstSoundMs),
    ),
    delays('key → message', pressed.map(keyToMessage)),
    forEach('every telephone showed 0800-0011', calls, ({ number, from }) =>
      from.includes('sip:08000011@') ? undefined : `${number}: ${from}`,
    ),
    figure(
      'never more calls than lines',
      mostAtOnce(calls) <= evidence.lines,
      `${mostAtOnce(calls)} of ${evidence.lines} at once`,
    ),
    figure(
      'never faster than allowed',
      // Calls may arrive up to 100 ms early or late, so a second may contain a fifth more calls.
      mostInOneSecond(calls) <= Math.ceil(evidence.cps * 1.2),
      `at most ${mostInOneSecond(calls)} new calls in a second, ${evidence.cps} allowed`,
    ),
  ];
}

/** Checks how often each number was called, and the outcomes that the service stored. */
function whoWasCalled({ people, personaOf, rangBack, calls, attempts }: AlertEvidence): Check[] {
  const selected = sharedOnce(people);
  const expected = new Map<string, string[]>();
  for (const person of selected) {
    const all = expectedCalls(person, personaOf);
    const due = all.some(({ phone }) => phone === rangBack) ? all.slice(0, 1) : all;
    for (const { phone, outcome } of due) expected.set(phone, [...(expected.get(phone) ?? []), outcome]);
  }
  const numbers = new Set([...expected.keys(), ...calls.map(({ number }) => number)]);
  return [
    forEach(
      'every number was called as often as required, and no other number',
      [...numbers],
      (number) => {
        const due = expected.get(number)?.length ?? 0;
        const were = calls.filter((call) => call.number === number).length;
        return were === due ? undefined : `${number}: ${were} calls, ${due} expected`;
      },
      'numbers',
    ),
    forEach(
      'the service stored every call with the outcome at the telephone',
      [...expected],
      ([number, outcomes]) => {
        const said = attempts.filter(({ phone }) => phone === number).map(({ outcome }) => outcome ?? 'none');
        return said.join() === outcomes.join() ? undefined : `${number}: ${said.join()}; expected ${outcomes.join()}`;
      },
      'numbers',
    ),
  ];
}

/**
 * Leaves out people whose only number belongs to somebody earlier in the list, because that person's call
 * reaches them.
 */
function sharedOnce(people: readonly Townsperson[]): Townsperson[] {
  const taken = new Set<string>();
  return people.filter(({ phones }) => {
    const own = phones.map(e164).filter((phone) => !taken.has(phone));
    for (const phone of own) taken.add(phone);
    return own.length > 0;
  });
}

/** ms from the release of the key to the message. The key counts at its release. */
function keyToMessage({ call, heard }: HeardCall<AlertSound>): number | undefined {
  const released = call.pressed[0]?.releasedAt;
  const at = heard.message[0]?.atMs;
  if (released === undefined || at === undefined || call.answeredAt === null) return undefined;
  return at - (released - call.answeredAt);
}

function delays(what: string, values: readonly (number | undefined)[]): Check {
  const known = values.filter((value) => value !== undefined);
  const [half, most] = [percentile(known, 0.5), percentile(known, 0.99)];
  const ok = known.length === values.length && most !== undefined && most < SILENCE_MS;
  const ms = (value: number | undefined): string => (value === undefined ? '–' : `${value.toFixed(0)} ms`);
  const missing = values.length - known.length;
  const silent = missing === 0 ? '' : `; never in ${missing}`;
  return figure(`${what} within ${SILENCE_MS} ms`, ok, `p50 ${ms(half)}, p99 ${ms(most)} of ${known.length}${silent}`);
}
