import { provesDeadLine, TIMER_TOO_SHORT } from '../../../domain/outcome.js';
import type { CallEnd } from '../../../ports/call.js';
import type { AriEvent } from '../ari/events.js';

type Destroyed = Extract<AriEvent, { type: 'ChannelDestroyed' }>;

/** The facts that the controller knows about an outgoing call at its end. */
export interface CallHistory {
  readonly hungUpByUs: boolean;
  /** The controller hung up because nobody answered within the ring time. */
  readonly rangOut?: boolean;
  readonly answered: boolean;
}

/**
 * How a call ended, from its last event. The hangup handler of the dialplan (asterisk-config/alert.conf) has
 * stored the last response of the far end, such as `SIP 486 Busy Here`, because the cause is ambiguous:
 * chan_pjsip maps both 403 and 603 to 21, and reports its own ring time-out as 480.
 */
export function endOf(event: Destroyed, history: CallHistory): CallEnd {
  const cause = event.cause === 0 ? {} : { cause: event.cause };
  if (history.answered) {
    if (!history.hungUpByUs && provesDeadLine(event.tech_cause))
      return { by: 'lost', fault: LINE_DEAD, lineDead: true, sipStatus: event.tech_cause, ...cause };
    return { by: history.hungUpByUs ? 'us' : 'them', ...cause };
  }
  const last = lastResponse(event.channel.channelvars?.BURGERNET_FAILURE);
  if (history.rangOut === true) return endOfRinging(last);
  if (history.hungUpByUs) return { by: 'us', ...cause };
  if (last !== undefined && last.status >= 200 && last.status < 300) return { by: 'lost', fault: UNREPORTED_ANSWER };
  if (last?.status === TIMER_TOO_SHORT) return { by: 'lost', fault: TIMER_REFUSED, sipStatus: last.status };
  if (last !== undefined && last.status >= 300) {
    return { by: 'them', sipStatus: last.status, sipReason: last.reason, ...cause };
  }
  if (event.tech_cause === RING_TIMEOUT) {
    // Asterisk itself stopped ringing. Without any response, not even 100 Trying, the trunk is dead.
    return last === undefined
      ? { by: 'them', cause: NETWORK_OUT_OF_ORDER, fault: NO_RESPONSE }
      : { by: 'them', rangOut: true, ...cause };
  }
  if (event.tech_cause === TRANSACTION_TIMEOUT && last === undefined) {
    return { by: 'them', cause: NETWORK_OUT_OF_ORDER, fault: NO_RESPONSE };
  }
  if (event.tech_cause !== undefined) return { by: 'them', sipStatus: event.tech_cause, ...cause };
  // Asterisk ends a redirected call without a cause, because it is configured not to follow redirections.
  if (event.cause === 0 && last !== undefined) {
    return { by: 'them', sipStatus: 302, sipReason: 'redirected; not followed' };
  }
  return { by: 'them', ...cause };
}

/**
 * The controller ended the ringing. A response that the far end gave by itself counts. A 487 does not count,
 * because it follows from our CANCEL (RFC 3261 9.2).
 */
function endOfRinging(last: LastResponse | undefined): CallEnd {
  return last?.status === 487 ? { by: 'them', rangOut: true } : endOfUnanswered(last);
}

/**
 * How an unanswered call ended, from the last response of the far end alone, because the event with the cause
 * was lost. If the telephone was still ringing, the ring time must have been over.
 */
export function endOfUnanswered(last: LastResponse | undefined): CallEnd {
  if (last === undefined) return { by: 'them', cause: NETWORK_OUT_OF_ORDER, fault: NO_RESPONSE };
  if (last.status === TIMER_TOO_SHORT) return { by: 'lost', fault: TIMER_REFUSED, sipStatus: last.status };
  if (last.status >= 300) return { by: 'them', sipStatus: last.status, sipReason: last.reason };
  if (last.status >= 200) return { by: 'lost', fault: UNREPORTED_ANSWER };
  return { by: 'them', rangOut: true };
}

export const LINE_DEAD = 'the far end stopped answering SIP during the call';
const TIMER_REFUSED = 'the operator refuses our session timer; the call is repeated without one';
const UNREPORTED_ANSWER = 'the call was answered, but Asterisk did not report the answer';
const RING_TIMEOUT = 480;
const TRANSACTION_TIMEOUT = 408;
/** Q.850 38. */
const NETWORK_OUT_OF_ORDER = 38;
const NO_RESPONSE = 'the trunk does not answer at all';

interface LastResponse {
  readonly status: number;
  readonly reason: string;
}

export function lastResponse(text: string | undefined): LastResponse | undefined {
  const match = /^SIP (\d{3})\s*([^|]*)/.exec(text ?? '');
  return match ? { status: Number(match[1]), reason: match[2] ?? '' } : undefined;
}
