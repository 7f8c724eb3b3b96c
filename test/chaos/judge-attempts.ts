import type { Outcome } from '../../src/domain/outcome.js';
import { brokenByAsterisk, clock, type Evidence, type HeardCall, type Rules } from './evidence.js';
import { nameOf, type Matching } from './match.js';

/** Outcomes that an attempt can have without a call in the phone network. */
const WITHOUT_CALL: ReadonlySet<Outcome> = new Set(['interrupted', 'cancelled', 'congestion']);
/** An INVITE may arrive this long after the end of its attempt, because both are on their way at once. */
const LATE_MS = 1_000;

/**
 * Each attempt has one outcome and at most one call, each call has an attempt, and no telephone has two calls
 * at once.
 */
export function judgeAttempts(evidence: Evidence, { matched, strays }: Matching, rules: Rules): string[] {
  return [
    ...strays.map((call) => `${call.number} was called at ${clock(call.invitedAt)} without an attempt`),
    ...matched.flatMap(({ attempt, calls }) => {
      const found: string[] = [];
      const { outcome, endedAt } = attempt;
      if (outcome === null) found.push(`${nameOf(attempt)} was left open`);
      if (calls.length > 1) found.push(`${nameOf(attempt)} made ${calls.length} calls`);
      if (calls.length === 0 && outcome !== null && !WITHOUT_CALL.has(outcome))
        found.push(`${nameOf(attempt)} never reached the phone network`);
      const late = calls.find(({ invitedAt }) => endedAt !== null && invitedAt > endedAt + LATE_MS);
      if (late) found.push(`${nameOf(attempt)} rang at ${clock(late.invitedAt)}, after it had ended`);
      return found;
    }),
    ...twiceAtOnce(evidence, rules),
  ];
}

/**
 * Telephones with two calls at once. When Asterisk dies, the far end is not told. The call then counts as
 * over, although the telephone still has it.
 */
function twiceAtOnce({ calls, faults }: Evidence, { marginMs }: Rules): string[] {
  const last = new Map<string, HeardCall>();
  return calls.flatMap((call) => {
    if (call.kind !== 'citizen') return [];
    const before = last.get(call.number);
    last.set(call.number, call);
    if (before === undefined || (before.endedAt ?? Infinity) <= call.invitedAt) return [];
    if (brokenByAsterisk({ ...before, endedAt: call.invitedAt }, faults, marginMs)) return [];
    return [`${call.number} was rung at ${clock(call.invitedAt)} during the call of ${clock(before.invitedAt)}`];
  });
}
