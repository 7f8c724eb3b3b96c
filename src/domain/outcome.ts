/** How an attempt ended: a closed set. The SIP status and the cause are stored beside it. */
export const OUTCOMES = [
  'confirmed', // a digit was pressed
  'no_digit', // answered, nothing pressed: perhaps a machine
  'hung_up', // hung up after answering, before a digit
  'no_answer', // rang out, or the network says nobody is there now
  'busy',
  'declined', // a person pressed the red button
  'unreachable', // this number cannot be called, or was refused again and again while others got through
  'congestion', // the operator refused for lack of room: nobody's try is lost
  'cancelled', // the action stopped first, or the person confirmed another way
  'interrupted', // our fault
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How the network said that a call did not come about. */
export interface CallFailure {
  /** SIP status of the final response (RFC 3261); absent when there was none. */
  readonly sipStatus?: number;
  /** Its reason phrase, where the edge could read it. */
  readonly sipReason?: string;
  /** Q.850 cause (ITU-T Q.850), as Asterisk reports it. */
  readonly cause?: number;
  /** Our own ring time ran out and we cancelled. */
  readonly rangOut?: boolean;
}

const BY_STATUS: Readonly<Record<number, Outcome>> = {
  404: 'unreachable',
  408: 'no_answer',
  410: 'unreachable',
  429: 'congestion',
  480: 'no_answer',
  484: 'unreachable',
  486: 'busy',
  488: 'unreachable',
  500: 'congestion',
  502: 'congestion',
  503: 'congestion',
  504: 'congestion',
  600: 'busy',
  603: 'declined',
  604: 'unreachable',
};

const BY_CAUSE: Readonly<Record<number, Outcome>> = {
  17: 'busy',
  18: 'no_answer',
  19: 'no_answer',
  20: 'no_answer',
  21: 'declined',
  34: 'congestion',
  38: 'congestion',
  41: 'congestion',
  42: 'congestion',
  44: 'congestion',
};

/** Words by which operators say in a 403 that a limit was met, not that the number is forbidden. */
const LIMIT_WORDS = /(?<!un|de)limit|exceed|too many|\bmax(imum)?\b|capacity|channels?\b|concurrent|congest|\brate\b/i;

/** Words that speak of calls at once, not of calls a second. */
const LINE_WORDS = /channels?\b|concurrent|simultaneous|\blines?\b|circuit/i;
/** Q.850: no circuit is free. */
const NO_CIRCUIT = 34;

/** Whether a refusal for lack of room speaks of calls at once. The cause says so only where there is no SIP status: it is made from it. */
export function speaksOfLines({ sipStatus, sipReason = '', cause }: CallFailure): boolean {
  return LINE_WORDS.test(sipReason) || (sipStatus === undefined && cause === NO_CIRCUIT);
}

/** SIP 422: the far end wants a longer session timer than ours (RFC 4028 6). It says nothing of the number called. */
export const TIMER_TOO_SHORT = 422;

/**
 * Whether the status of a request inside an answered call proves that nobody is there any more: no answer at all, or the
 * far end does not know the call (RFC 3261 12.2.1.2). Silence on the line proves nothing: voicemails and telephones with
 * silence suppression send no sound.
 */
export const provesDeadLine = (sipStatus: number | null | undefined): sipStatus is 408 | 481 =>
  sipStatus === 408 || sipStatus === 481;

/** The outcome of a call that was never answered. The SIP status decides where there is one: causes blur it. */
export function outcomeOfFailure(failure: CallFailure): Outcome {
  if (failure.rangOut) return 'no_answer';
  const status = failure.sipStatus;
  if (status !== undefined && status >= 300) {
    if (status === 403) return LIMIT_WORDS.test(failure.sipReason ?? '') ? 'congestion' : 'unreachable';
    // A 487 that we did not ask for: the far side dropped the call while it rang.
    if (status === 487) return 'no_answer';
    return BY_STATUS[status] ?? 'unreachable';
  }
  if (failure.cause !== undefined) return BY_CAUSE[failure.cause] ?? 'unreachable';
  return 'unreachable';
}

/** Whether another call to the same number makes no sense in this action. */
export function isFinalForNumber(outcome: Outcome): boolean {
  switch (outcome) {
    case 'no_answer':
    case 'busy':
    case 'congestion':
    case 'interrupted':
      return false;
    case 'confirmed':
    case 'no_digit':
    case 'hung_up':
    case 'declined':
    case 'unreachable':
    case 'cancelled':
      return true;
  }
}

/** Whether the person is not to be called again in this action, on any number. */
export function isFinalForPerson(outcome: Outcome): boolean {
  return outcome === 'confirmed' || outcome === 'declined' || outcome === 'cancelled';
}
