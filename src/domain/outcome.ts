/** The outcomes of an attempt. The SIP status and the cause are stored with the outcome. */
export const OUTCOMES = [
  'confirmed', // a digit was pressed
  'no_digit', // answered, but no digit was pressed: perhaps a voicemail
  'hung_up', // answered, then hung up before a digit
  'no_answer', // rang out, or the network says that nobody is there now
  'busy',
  'declined', // a person rejected the call
  'unreachable', // the number cannot be called, or was refused again and again while others got through
  'congestion', // the operator refused for lack of capacity; the participant loses no try
  'cancelled', // the action stopped first, or the participant confirmed in another call
  'interrupted', // our fault, or a dead line
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The network's answer to a call that was not connected. */
export interface CallFailure {
  /** SIP status of the final response (RFC 3261); absent without a response. */
  readonly sipStatus?: number;
  /** Reason phrase of the final response, if the adapter could read it. */
  readonly sipReason?: string;
  /** Q.850 cause (ITU-T Q.850), as Asterisk reports it. */
  readonly cause?: number;
  /** Our own ring time ran out, and we cancelled the call. */
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

/** Words in the reason of a 403 that mean a limit was reached, not that the number is forbidden. */
const LIMIT_WORDS = /(?<!un|de)limit|exceed|too many|\bmax(imum)?\b|capacity|channels?\b|concurrent|congest|\brate\b/i;

/** Words that mean simultaneous calls, not calls a second. */
const LINE_WORDS = /channels?\b|concurrent|simultaneous|\blines?\b|circuit/i;
/** Q.850: no circuit is free. */
const NO_CIRCUIT = 34;

/**
 * Whether a refusal for lack of capacity speaks of simultaneous calls. The cause counts only without a SIP
 * status, because Asterisk derives the cause from the status.
 */
export function mentionsSimultaneousCalls({ sipStatus, sipReason = '', cause }: CallFailure): boolean {
  return LINE_WORDS.test(sipReason) || (sipStatus === undefined && cause === NO_CIRCUIT);
}

/**
 * SIP 422: the far end wants a longer session interval than ours (RFC 4028 6). It says nothing about the
 * number.
 */
export const TIMER_TOO_SHORT = 422;

/**
 * Whether the status of a request inside an answered call proves a dead line: the far end does not answer
 * (408), or does not know the call (481, RFC 3261 12.2.1.2). Silence proves nothing, because voicemails and
 * telephones with silence suppression send no sound.
 */
export const provesDeadLine = (sipStatus: number | null | undefined): sipStatus is 408 | 481 =>
  sipStatus === 408 || sipStatus === 481;

/**
 * The outcome of a call that was never answered. The SIP status decides if there is one, because causes blur
 * it.
 */
export function outcomeOfFailure(failure: CallFailure): Outcome {
  if (failure.rangOut) return 'no_answer';
  const status = failure.sipStatus;
  if (status !== undefined && status >= 300) {
    if (status === 403) return LIMIT_WORDS.test(failure.sipReason ?? '') ? 'congestion' : 'unreachable';
    // A 487 without a CANCEL of ours: the far end dropped the call while it rang.
    if (status === 487) return 'no_answer';
    return BY_STATUS[status] ?? 'unreachable';
  }
  if (failure.cause !== undefined) return BY_CAUSE[failure.cause] ?? 'unreachable';
  return 'unreachable';
}

/** Whether the action never calls the number again after this outcome. */
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

/** Whether the action never calls the participant again after this outcome, on any number. */
export function isFinalForPerson(outcome: Outcome): boolean {
  return outcome === 'confirmed' || outcome === 'declined' || outcome === 'cancelled';
}
