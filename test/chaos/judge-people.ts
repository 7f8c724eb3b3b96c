import type { Attempt } from '../../src/domain/attempt.js';
import type { Persona } from '../../src/phonenet/index.js';
import {
  brokenByAsterisk,
  clock,
  inFault,
  type Called,
  type Evidence,
  type HeardCall,
  type Rules,
} from './evidence.js';
import type { Matched, Matching } from './match.js';

/** Personas that press a key in one of the calls they get. */
const PRESSES: ReadonlySet<Persona> = new Set<Persona>([
  'presses',
  'presses_again',
  'hangs_up_in_message',
  'early_media',
  'busy_then_presses',
  'no_answer_then_presses',
]);

/** A person who pressed is confirmed and not called again; nobody is forgotten or called too often. */
export function judgePeople(evidence: Evidence, { matched }: Matching, rules: Rules): string[] {
  const ofPerson = new Map<string, Matched[]>();
  for (const one of matched) {
    if (one.attempt.purpose === 'closing') continue;
    const key = `${one.attempt.actionId}/${one.attempt.participantId}`;
    ofPerson.set(key, [...(ofPerson.get(key) ?? []), one]);
  }
  return evidence.people.flatMap((person) => {
    const alerts = ofPerson.get(`${person.actionId}/${person.participantId}`) ?? [];
    const attempts = alerts.map(({ attempt }) => attempt);
    return [
      ...judgePresses(evidence, person, alerts, rules),
      ...calledAfterConfirmation(person, alerts),
      ...forgotten(person, attempts, rules),
      ...calledTooOften(person, attempts, rules),
    ];
  });
}

const isConfirmed = (person: Called, attempts: readonly Attempt[]): boolean =>
  person.reached || attempts.some(({ confirmedAt }) => confirmedAt !== null);

function judgePresses(evidence: Evidence, person: Called, alerts: readonly Matched[], rules: Rules): string[] {
  const { faults } = evidence;
  const attempts = alerts.map(({ attempt }) => attempt);
  const calls = alerts.flatMap((one) => one.calls);
  const found: string[] = [];
  const pressed = calls.flatMap((call) => call.pressed.map((press) => ({ call, at: press.releasedAt })));
  const certain = pressed.find(({ call, at }) => wasHeard(evidence, call, at, rules));
  if (certain !== undefined) {
    const { call, at } = certain;
    if (!isConfirmed(person, attempts)) found.push(`${call.number} pressed at ${clock(at)} and is not confirmed`);
    for (const again of calls.filter(({ invitedAt }) => invitedAt > at))
      found.push(`${call.number} pressed at ${clock(at)} and was called again at ${clock(again.invitedAt)}`);
  }
  if (
    pressed.length === 0 &&
    attempts.some(({ confirmedAt, outcome }) => confirmedAt !== null || outcome === 'confirmed')
  )
    found.push(`${person.phones.join(', ')} is confirmed and pressed nothing`);
  // A key pressed while no controller or Asterisk ran may be lost. The call then counts as one without a key.
  const pressedInVain = pressed.some(
    ({ call, at }) => inFault(faults, at, at, rules.marginMs) || !wasUp(evidence, call, rules),
  );
  const must = person.personas.length === 1 && PRESSES.has(person.personas[0]!);
  if (must && !isConfirmed(person, attempts) && !pressedInVain)
    found.push(`${person.phones.join(', ')} (${person.personas[0]}) would have pressed and is not confirmed`);
  return found;
}

/** Whether the controller and Asterisk must have noticed a key. */
function wasHeard(evidence: Evidence, call: HeardCall, at: number, rules: Rules): boolean {
  if (inFault(evidence.faults, at, at, rules.marginMs)) return false;
  return !brokenByAsterisk({ ...call, endedAt: at }, evidence.faults, rules.marginMs);
}

const wasUp = ({ faults }: Evidence, call: HeardCall, { marginMs }: Rules): boolean =>
  !brokenByAsterisk(call, faults, marginMs);

function calledAfterConfirmation(person: Called, alerts: readonly Matched[]): string[] {
  const first = alerts.find(({ attempt }) => attempt.confirmedAt !== null);
  if (first === undefined) return [];
  const at = first.attempt.confirmedAt ?? 0;
  return alerts
    .filter(({ attempt }) => attempt.id !== first.attempt.id && attempt.dialedAt > at)
    .flatMap(({ attempt, calls }) =>
      calls.length === 0
        ? []
        : [`${person.phones.join(', ')} was confirmed at ${clock(at)} and called again at ${clock(attempt.dialedAt)}`],
    );
}

const FINAL = new Set(['no_digit', 'hung_up', 'unreachable', 'confirmed']);

/** Attempts that use up a try. */
const counted = (attempts: readonly Attempt[], phone: string): Attempt[] =>
  attempts.filter(
    (one) => one.phone === phone && !['interrupted', 'congestion', 'cancelled', null].includes(one.outcome),
  );

/** A person who was not reached must have been called as often as the retry policy says, on each number. */
function forgotten(person: Called, attempts: readonly Attempt[], { retries }: Rules): string[] {
  if (isConfirmed(person, attempts) || attempts.some(({ outcome }) => outcome === 'declined')) return [];
  return person.phones.flatMap((phone) => {
    const tries = counted(attempts, phone);
    const last = tries.at(-1);
    const outcomes = attempts.filter((one) => one.phone === phone).map(({ outcome }) => outcome ?? 'open');
    const violation = `${phone} was forgotten: ${outcomes.join(', ') || 'never called'}`;
    if (last === undefined) return [violation];
    if (tries.some(({ outcome }) => FINAL.has(outcome ?? ''))) return [];
    if (outcomes.at(-1) === 'interrupted' || outcomes.at(-1) === 'congestion') return [violation];
    const budget = retriesOf(last, retries);
    const ofCause = tries.filter(({ outcome }) => outcome === last.outcome).length;
    const largest = Math.max(0, ...tries.map((one) => retriesOf(one, retries)));
    return ofCause > budget || tries.length > largest ? [] : [violation];
  });
}

function calledTooOften(person: Called, attempts: readonly Attempt[], { retries }: Rules): string[] {
  return person.phones.flatMap((phone) => {
    const tries = counted(attempts, phone);
    const most = 1 + Math.max(0, ...tries.map((one) => retriesOf(one, retries)));
    return tries.length > most
      ? [
          `${phone} was tried ${tries.length} times, at most ${most} are allowed: ${tries.map((one) => one.outcome).join(', ')}`,
        ]
      : [];
  });
}

const retriesOf = ({ outcome }: Attempt, retries: Rules['retries']): number =>
  outcome === 'no_answer' || outcome === 'busy' ? retries[outcome] : 0;
