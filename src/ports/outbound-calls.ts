import type { Script, StepAt } from '../domain/alert-script.js';
import type { Sound } from '../domain/messages.js';
import type { E164 } from '../domain/phone-number.js';
import type { Call, CallEnd, CallId } from './call.js';

/** The telephone to ring: a number behind the trunk, or a centralist's softphone. */
export type Destination =
  { readonly type: 'trunk'; readonly number: E164 } | { readonly type: 'desk'; readonly username: string };

export interface CallOrder<To extends Destination = Destination> {
  readonly id: CallId;
  readonly to: To;
  /** Shown on the telephone that rings. */
  readonly callerId: { readonly number: string; readonly name: string };
  /** Ringing stops after this. Asterisk enforces it by itself when the controller is down. */
  readonly ringMs: number;
  /** The whole call, ringing included, ends after this. Elapsed time counts, whatever the wall clock says. */
  readonly maxMs: number;
}

/** An outgoing call that a flow will talk in. */
export interface OutgoingCall {
  readonly id: CallId;
  /** Calls the listener once, when the far telephone rings (180) or early media plays (183). */
  onRinging(listener: () => void): void;
  /** The answered call, or how the call ended unanswered. Never rejects. */
  readonly answered: Promise<Call | CallEnd>;
  /** Resolves when the call is over and its line is free. Never rejects. */
  readonly ended: Promise<CallEnd>;
  /**
   * Stops the ringing, or hangs up. Safe to repeat. Give `answered_elsewhere` when another telephone took the
   * call that this one rings for: the telephone then shows no missed call (RFC 3326). Without it the caller
   * gave up, and the call was missed.
   */
  cancel(why?: CancelReason): void;
}

export type CancelReason = 'answered_elsewhere';

export const isAnswered = (result: Call | CallEnd): result is Call => 'signal' in result;

/** A call in which Asterisk plays a whole script by itself: see `domain/alert-script.ts`. */
export interface AlertCallOrder extends CallOrder {
  readonly script: Script;
  /**
   * The subject of the message. When a newer message for the same subject is set, participants in calls under
   * way who have not pressed a digit yet hear the newer one.
   */
  readonly subject: string;
}

/** How an alert call ended. */
export interface AlertCallResult extends CallEnd {
  readonly answered: boolean;
  readonly steps: readonly StepAt[];
  /** Id of the message that was played; undefined when none was. */
  readonly soundId: string | undefined;
  /** When the call ended, ms UTC. */
  readonly at: number;
}

/** An alert call that is ringing or answered. */
export interface AlertCall {
  readonly id: CallId;
  /**
   * Resolves when the telephony has accepted the order, or when the call is over before that. Never rejects.
   */
  readonly acceptedOrOver: Promise<void>;
  /** Calls the listener once, when the far telephone rings (180) or early media plays (183). */
  onRinging(listener: () => void): void;
  onAnswered(listener: () => void): void;
  /**
   * Calls the listener once, when a digit was pressed, with the time (ms UTC) and the id of the message that
   * plays.
   */
  onConfirmed(listener: (at: number, soundId: string) => void): void;
  /** Resolves when the call is over and its line is free. Never rejects. */
  readonly ended: Promise<AlertCallResult>;
  /** Hangs up at any stage. Safe to repeat. */
  cancel(): void;
}

/** Calls that the controller makes. */
export interface OutboundCalls {
  /** Orders a call in which a flow talks. Returns at once; the result tells how the call goes. */
  place(order: CallOrder): OutgoingCall;
  /** Orders a call whose script plays even when the controller is down. */
  placeAlert(order: AlertCallOrder): AlertCall;
  /**
   * Sets the message of a subject, for new calls and for calls under way in which no digit was pressed yet.
   */
  updateMessage(subject: string, message: Sound): void;
}
