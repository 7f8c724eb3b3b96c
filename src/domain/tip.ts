import type { ActionId, CentralistId, ParticipantId } from './ids.js';
import type { E164 } from './phone-number.js';

/** Results of an inbound call. */
export const INBOUND_RESULTS = ['connected', 'recorded', 'abandoned', 'refused'] as const;
export type InboundResult = (typeof INBOUND_RESULTS)[number];

/** A call to the tip line. */
export interface InboundCall {
  readonly id: number;
  /** Null when withheld. */
  readonly from: E164 | null;
  readonly participantId: ParticipantId | null;
  readonly actionId: ActionId | null;
  /** The call's id in the telephony. Null when no id was stored. */
  readonly callId: string | null;
  /** Null while the call lasts. */
  readonly result: InboundResult | null;
  /**
   * The reason of the route (`routing.ts`), such as `reached`. `too_many`: the caller was over a limit.
   * `controller_down`: Asterisk answered by itself, and no action selected the caller.
   */
  readonly reason: string;
  readonly receivedAt: number;
  readonly ringingAt: number | null;
  readonly connectedAt: number | null;
  readonly endedAt: number | null;
  readonly centralistId: CentralistId | null;
  readonly recordingId: number | null;
}

/** A tip of a reached participant: a conversation or a recording. */
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
