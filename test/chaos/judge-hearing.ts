import { brokenByAsterisk, inFault, killsController, type Evidence, type HeardCall, type Rules } from './evidence.js';
import { nameOf, type Matching } from './match.js';

/** A confirmed person heard the whole message; a person who pressed nothing never hears it. */
export function judgeHearing(evidence: Evidence, { matched }: Matching, rules: Rules): string[] {
  return matched.flatMap(({ attempt, calls }) => {
    if (attempt.purpose === 'closing') return [];
    const [call] = calls;
    if (call?.answeredAt == null) return [];
    if (call.pressed.length === 0 && call.plays.length > 0)
      return [`${nameOf(attempt)} heard the message without a key`];
    if (attempt.confirmedAt === null || call.plays.length > 0 || excused(evidence, call, rules)) return [];
    return [`${nameOf(attempt)} is confirmed and did not hear the whole message`];
  });
}

function excused({ faults }: Evidence, call: HeardCall, { marginMs, callsGoOn }: Rules): boolean {
  if (brokenByAsterisk(call, faults, marginMs)) return true;
  const end = call.endedAt ?? Infinity;
  // A person who hangs up does not wait until the service is back.
  if (call.endedBy === 'here' && inFault(faults, call.invitedAt, end, marginMs)) return true;
  return (
    !callsGoOn &&
    faults.some((fault) => killsController(fault) && fault.at >= call.invitedAt && fault.at <= end + marginMs)
  );
}
