import type { StepAt } from '../domain/alert-script.js';
import type { Call, CallId, Recorded } from './call.js';
import type { Conversation } from './conversations.js';
import type { DeskCall, IncomingCall } from './inbound-calls.js';
import type { AlertCall, AlertCallOrder, AlertCallResult, CallOrder, OutgoingCall } from './outbound-calls.js';

/** An outgoing call of an earlier process that is still up. */
export interface SurvivingOutgoing {
  readonly id: CallId;
  readonly rang: boolean;
  readonly answered: boolean;
  /** For alert calls: the steps so far, and the message that plays. */
  readonly steps: readonly StepAt[];
  readonly soundId: string | undefined;
}

/** A call to the tip line that an earlier process received and that is still up. */
export interface SurvivingIncoming {
  readonly id: CallId;
  readonly answered: boolean;
  readonly from: string | undefined;
  readonly withheld: boolean;
  readonly source: string | undefined;
}

/** A call that a centralist dialled to an earlier process and that is still up. */
export interface SurvivingDeskCall {
  readonly id: CallId;
  readonly answered: boolean;
  readonly username: string;
  readonly dialled: string;
}

/** Everything of an earlier process that is still up in the telephony. */
export interface SurvivingCalls {
  readonly outgoing: readonly SurvivingOutgoing[];
  readonly incoming: readonly SurvivingIncoming[];
  readonly deskCalls: readonly SurvivingDeskCall[];
  /** The pairs of calls that hear one another. */
  readonly conversations: readonly { readonly a: CallId; readonly b: CallId }[];
}

/** Calls of an earlier process, after a restart of the controller. */
export interface Takeover {
  /** The calls of an earlier process, each to be taken over or hung up by `hangUpOrphans`. */
  survivingCalls(): Promise<SurvivingCalls>;
  /** Takes over an outgoing call as if this process had ordered it. Anything playing in it stops. */
  takeOverOutgoing(order: CallOrder, surviving: SurvivingOutgoing): OutgoingCall;
  /** Takes over an alert call. The participant notices nothing. */
  takeOverAlert(order: AlertCallOrder, surviving: SurvivingOutgoing): AlertCall;
  /** Takes over a call to the tip line. The handler of `onIncoming` is not called for it. */
  takeOverIncoming(surviving: SurvivingIncoming): IncomingCall;
  /**
   * Takes over a call of a centralist. The handler of `onDeskCall`
   * is not called for it. Anything playing in it stops.
   */
  takeOverDeskCall(surviving: SurvivingDeskCall): DeskCall;
  /**
   * Takes over a conversation. Neither side notices. `recording`
   * is the name of a recording that may be running.
   */
  takeOverConversation(a: Call, b: Call, recording?: string): Conversation;
  /** How an alert call ended while no controller was connected; undefined when that is not known. */
  rememberedResult(id: CallId): Promise<AlertCallResult | undefined>;
  /**
   * A recording that an earlier process began, of a caller or of
   * a conversation that is over; undefined when there is none.
   */
  recorded(name: string): Promise<Recorded | undefined>;
  /**
   * Hangs up the calls of an earlier process that were not taken over. Resolves with their ids.
   * `isAnsweredElsewhere` names the ringing calls whose telephones show no missed call.
   */
  hangUpOrphans(isAnsweredElsewhere?: (id: CallId) => boolean): Promise<readonly CallId[]>;
}
