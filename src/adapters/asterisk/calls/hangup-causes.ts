import { provesDeadLine, TIMER_TOO_SHORT } from '../../../domain/outcome.js';
import type { CallEnd } from '../../../ports/call.js';
import type { AriEvent } from '../ari/events.js';

type Destroyed = Extract<AriEvent, { type: 'ChannelDestroyed' }>;

/** What we know of a call of ours when it is over. */
export interface CallHistory {
  readonly hungUpByUs: boolean;
  /** We hung up because nobody had answered within the ring time. */
  readonly rangOut?: boolean;
  readonly answered: boolean;
}

/**
 * How a call ended, from its last event. The dialplan's failure handler has kept the last response of the far end as
 * `SIP 486 Busy Here` (asterisk-config/alert.conf); the cause alone blurs it (chan_pjsip maps 403 and 603
 * both to 21, and reports its own ring time-out as 480).
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
    // Asterisk gave up by itself. Without any response, not even 100, the trunk is dead.
    return last === undefined
      ? { by: 'them', cause: NETWORK_OUT_OF_ORDER, fault: NO_RESPONSE }
      : { by: 'them', rangOut: true, ...cause };
  }
  if (event.tech_cause === TRANSACTION_TIMEOUT && last === undefined) {
    return { by: 'them', cause: NETWORK_OUT_OF_ORDER, fault: NO_RESPONSE };
  }
  if (event.tech_cause !== undefined) return { by: 'them', sipStatus: event.tech_cause, ...cause };
  // Asterisk drops the call with no cause at all when it is told to follow a redirection, which we never do.
  if (event.cause === 0 && last !== undefined) {
    return { by: 'them', sipStatus: 302, sipReason: 'redirected; not followed' };
  }
  return { by: 'them', ...cause };
}

/**
 * We ended the ringing: what the far end answered to the INVITE itself counts, and not its answer to our CANCEL (487,
 * RFC 3261 9.2).
 */
function endOfRinging(last: LastResponse | undefined): CallEnd {
  return last?.status === 487 ? { by: 'them', rangOut: true } : endOfUnanswered(last);
}

/**
 * How a call ended that nobody answered as far as we know, from the last response of the far end alone: the event with the
 * cause was lost. Only the ring time can have ended one that was still ringing.
 */
export function endOfUnanswered(last: LastResponse | undefined): CallEnd {
  if (last === undefined) return { by: 'them', cause: NETWORK_OUT_OF_ORDER, fault: NO_RESPONSE };
  if (last.status === TIMER_TOO_SHORT) return { by: 'lost', fault: TIMER_REFUSED, sipStatus: last.status };
  if (last.status >= 300) return { by: 'them', sipStatus: last.status, sipReason: last.reason };
  if (last.status >= 200) return { by: 'lost', fault: UNREPORTED_ANSWER };
  return { by: 'them', rangOut: true };
}

export const LINE_DEAD = 'the far end stopped answering in the middle of the call';
const TIMER_REFUSED = 'the operator refuses our session timer; the call is made again without one';
const UNREPORTED_ANSWER = 'somebody answered, and the controller did not hear of it';
const RING_TIMEOUT = 480;
const TRANSACTION_TIMEOUT = 408;
/** Q.850 38: the network is out of order. */
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
