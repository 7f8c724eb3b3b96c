import type { ActionId, CentralistId, ParticipantId } from './ids.js';
import type { E164 } from './phone-number.js';

/** How a call that came in ended. */
export const INBOUND_RESULTS = ['connected', 'recorded', 'abandoned', 'refused'] as const;
export type InboundResult = (typeof INBOUND_RESULTS)[number];

/** Every call to the tip line. */
export interface InboundCall {
  readonly id: number;
  /** Null when withheld. */
  readonly from: E164 | null;
  readonly participantId: ParticipantId | null;
  readonly actionId: ActionId | null;
  /** The call's id in the telephony; null for calls of before it was kept. */
  readonly callId: string | null;
  /** Null while the call lasts. */
  readonly result: InboundResult | null;
  /**
   * Why: that of the route (`routing.ts`), `reached` and so on; `too_many` when the caller was over a limit,
   * `controller_down` when Asterisk answered by itself and the caller is in no action.
   */
  readonly reason: string;
  readonly receivedAt: number;
  readonly ringingAt: number | null;
  readonly connectedAt: number | null;
  readonly endedAt: number | null;
  readonly centralistId: CentralistId | null;
  readonly recordingId: number | null;
}

/** What a reached participant came to say: a conversation or a recording. */
export interface Tip {
  readonly id: number;
  readonly actionId: ActionId;
  readonly participantId: ParticipantId;
  readonly inboundId: number;
  readonly type: 'conversation' | 'recording';
  readonly recordingId: number | null;
  readonly note: string | null;
  readonly useful: boolean | null;
  readonly createdAt: number;
}
