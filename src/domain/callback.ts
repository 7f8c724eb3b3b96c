import type { ActionId, CentralistId } from './action.js';
import { outcomeOfFailure, type CallFailure } from './outcome.js';
import type { ParticipantId } from './participant.js';
import type { E164 } from './phone-number.js';

/**
 * How a call back ended. The centralist's telephone rings first, then the participant's:
 *
 *   desk_unanswered  the centralist did not answer; the participant was not rung
 *   connected        they talked
 *   no_answer … unreachable  what the participant's telephone, or the network, said; `declined` also when they hung up
 *                    before the centralist was put through to them, `congestion` also when none of our lines was free
 *   hung_up          the centralist hung up before they were
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

/** What a call to the participant came to that was not answered, by the rules for every call of ours. */
export function callbackResultOf(failure: CallFailure): CallbackResult {
  const outcome = outcomeOfFailure(failure);
  return CALLBACK_RESULTS.find((result) => result === outcome) ?? 'unreachable';
}

/** A centralist calls back who rang the tip line: they rang off while they waited, or left a recording. */
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
  /** Null while it lasts. */
  readonly result: CallbackResult | null;
}
