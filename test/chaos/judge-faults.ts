import {
  brokenByAsterisk,
  clock,
  inFault,
  killsAsterisk,
  killsController,
  type Evidence,
  type FaultRecord,
  type HeardCall,
  type Rules,
} from './evidence.js';
import type { Matching } from './match.js';

/** For this long after its return, the service must not end a call that had not come to its end. */
const GRACE_MS = 2_000;
/** A call without a key ends after about 36 s. After this time such a call may be about to end. */
const NEAR_ITS_END_MS = 25_000;
/** A call has come to its end after two complete plays. */
const ALL_PLAYS = 2;
/** Time in which a message that begins again is heard to its end. */
const HEAR_MS = 6_000;

/**
 * The controller's death alone ends no call, a person who was in the message hears it again, and the
 * controller is back soon.
 */
export function judgeFaults(evidence: Evidence, matching: Matching, rules: Rules): string[] {
  const { faults } = evidence;
  const slow = faults.flatMap(({ kind, at, backMs }) =>
    rules.backWithinMs !== null && backMs !== null && backMs > rules.backWithinMs
      ? [`after '${kind}' at ${clock(at)} calls went on ${Math.round(backMs)} ms after its start`]
      : [],
  );
  if (!rules.callsGoOn) return slow;
  const alerts = matching.matched.flatMap(({ attempt, calls }) => (attempt.purpose === 'alert' ? calls : []));
  const deaths = faults.filter((fault) => killsController(fault) && !killsAsterisk(fault));
  return [
    ...slow,
    ...deaths.flatMap((fault) => {
      const live = alerts.filter((call) => isLiveAt(call, fault.at) && !brokenByAsterisk(call, faults, rules.marginMs));
      return live.flatMap((call) => [
        ...endedByDeath(fault, call, rules),
        ...notHeardAgain(evidence, fault, call, rules),
      ]);
    }),
  ];
}

/** Whether the call was answered and not yet over. */
export const isLiveAt = (call: HeardCall, at: number): boolean =>
  call.answeredAt !== null && call.answeredAt < at && (call.endedAt ?? Infinity) > at;

/** A call that the service's side ended while the controller was away or had only just returned. */
function endedByDeath(fault: FaultRecord, call: HeardCall, { marginMs }: Rules): string[] {
  if (call.endedBy !== 'far' || call.endedAt === null) return [];
  if (call.endedAt <= fault.at + marginMs || call.endedAt > fault.until + GRACE_MS) return [];
  const cameToItsEnd =
    call.plays.length >= ALL_PLAYS ||
    (call.pressed.length === 0 && fault.at - (call.answeredAt ?? 0) > NEAR_ITS_END_MS);
  if (cameToItsEnd) return [];
  return [
    `the call to ${call.number} of ${clock(call.invitedAt)} ended at ${clock(call.endedAt)}, with the controller's death at ${clock(fault.at)}`,
  ];
}

/**
 * A person who had pressed a key and not yet heard the message twice hears it from the start, because
 * Asterisk goes on.
 */
function notHeardAgain({ faults }: Evidence, fault: FaultRecord, call: HeardCall, { marginMs }: Rules): string[] {
  const pressed = call.pressed[0];
  if (pressed === undefined || pressed.releasedAt > fault.at - marginMs) return [];
  // A key pressed in an earlier fault may be lost, and the call is then still in its prompt.
  if (inFault(faults, pressed.releasedAt, pressed.releasedAt, marginMs)) return [];
  if (call.plays.filter(({ earliest }) => earliest < fault.at).length >= ALL_PLAYS) return [];
  const end = call.endedAt ?? Infinity;
  if (end < fault.until + HEAR_MS) return [];
  const again = faults.some((other) => other !== fault && other.at > fault.at && other.at < fault.until + HEAR_MS);
  if (again || call.plays.some(({ latest }) => latest >= fault.at)) return [];
  return [`${call.number} was in the message at ${clock(fault.at)} and did not hear it again from the start`];
}
