import type { ActionId, CentralistId, ParticipantId } from './ids.js';
import { outcomeOfFailure, type CallFailure } from './outcome.js';
import type { E164 } from './phone-number.js';

/**
 * The result of a callback. The centralist's softphone rings first, then the participant's telephone.
 *
 *   desk_unanswered  the centralist did not answer, so the participant's telephone did not ring
 *   connected        centralist and participant talked
 *   no_answer … unreachable  the answer of the participant's telephone or of the network; `declined` also
 *                    when the participant hung up before the two were connected, `congestion` also when no
 *                    trunk line was free
 *   hung_up          the centralist hung up before the two were connected
 *   interrupted      our fault
 */
export const CALLBACK_RESULTS = [
  'connected',
  'desk_unanswered',
  'no_answer',
  'busy',
  'declined',
  'congestion',
  'unreachable',
  'hung_up',
  'interrupted',
] as const;
export type CallbackResult = (typeof CALLBACK_RESULTS)[number];

/**
 * The result of a callback whose call to the participant was not answered, by the rules for every outbound
 * call.
 */
export function callbackResultOf(failure: CallFailure): CallbackResult {
  const outcome = outcomeOfFailure(failure);
  return CALLBACK_RESULTS.find((result) => result === outcome) ?? 'unreachable';
}

/**
 * A centralist calls a participant back who hung up while waiting on the tip line, or who left a recording.
 */
export interface Callback {
  readonly id: number;
  readonly inboundId: number;
  readonly actionId: ActionId;
  readonly participantId: ParticipantId;
  readonly phone: E164;
  readonly centralistId: CentralistId;
  readonly requestedAt: number;
  readonly deskAnsweredAt: number | null;
  /** When the participant answered. */
  readonly answeredAt: number | null;
  readonly endedAt: number | null;
  /** Null while the callback lasts. */
  readonly result: CallbackResult | null;
}
