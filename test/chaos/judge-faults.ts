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

/** So long after the service is back a call may not be ended by it unless it had come to its end. */
const GRACE_MS = 2_000;
/** A call without a key comes to its end after some 36 s; from here on it may be about to. */
const NEAR_ITS_END_MS = 25_000;
/** Two whole plays, and the rest may be left out. */
const ALL_PLAYS = 2;
/** For a message that begins again to be heard from the beginning to the end. */
const HEAR_MS = 6_000;

/** The death of the controller alone ends no call, who was in the message hears it again, and it is back soon. */
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

/** Whether somebody had answered and was in the call. */
export const isLiveAt = (call: HeardCall, at: number): boolean =>
  call.answeredAt !== null && call.answeredAt < at && (call.endedAt ?? Infinity) > at;

/** The service ends a call only when it has been there to decide so. */
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

/** Who had pressed and not yet heard it twice hears the message from the start, if they stay that long: Asterisk goes on with it. */
function notHeardAgain({ faults }: Evidence, fault: FaultRecord, call: HeardCall, { marginMs }: Rules): string[] {
  const pressed = call.pressed[0];
  if (pressed === undefined || pressed.releasedAt > fault.at - marginMs) return [];
  // What was pressed in an earlier fault may be lost: that call is in its prompt.
  if (inFault(faults, pressed.releasedAt, pressed.releasedAt, marginMs)) return [];
  if (call.plays.filter(({ earliest }) => earliest < fault.at).length >= ALL_PLAYS) return [];
  const end = call.endedAt ?? Infinity;
  if (end < fault.until + HEAR_MS) return [];
  const again = faults.some((other) => other !== fault && other.at > fault.at && other.at < fault.until + HEAR_MS);
  if (again || call.plays.some(({ latest }) => latest >= fault.at)) return [];
  return [`${call.number} was in the message at ${clock(fault.at)} and did not hear it again from the start`];
}
