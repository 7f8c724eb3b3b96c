import type { E164 } from '../domain/phone-number.js';
import type { Call, CallEnd, CallId } from './call.js';

/** Whom to ring: somebody behind the trunk, or a centralist's softphone. */
export type Destination =
  { readonly type: 'trunk'; readonly number: E164 } | { readonly type: 'desk'; readonly username: string };

export interface CallOrder {
  readonly id: CallId;
  readonly to: Destination;
  /** What the telephone that rings shows. */
  readonly callerId: { readonly number: string; readonly name: string };
  /** Ringing longer than this is given up; also by Asterisk alone when we are dead. */
  readonly ringMs: number;
  /** The whole call, ringing included, is ended by Asterisk after this even when we are dead. */
  readonly maxMs: number;
}

/** A call on its way out. */
export interface OutgoingCall {
  readonly id: CallId;
  /** Calls back once, when the far telephone rings (180) or early media plays (183). */
  onRinging(listener: () => void): void;
  /** The answered call, or how it ended unanswered. Never rejects. */
  readonly answered: Promise<Call | CallEnd>;
  /** Resolves when the call is over and its line is free. Never rejects. */
  readonly ended: Promise<CallEnd>;
  /** Stops the ringing, or hangs up. Safe to repeat. */
  cancel(): void;
}

export const isAnswered = (result: Call | CallEnd): result is Call => 'signal' in result;

/** A call to the tip line, not yet answered. */
export interface IncomingCall {
  readonly call: Call;
  /** As the network shows it, in any notation; undefined when it shows none. */
  readonly from: string | undefined;
  /** The caller asked the network to keep the number to itself. */
  readonly withheld: boolean;
}

/** Two calls that hear one another. */
export interface Conversation {
  /** Ends when either call is over, or by `end`. */
  readonly ended: Promise<void>;
  /** Takes both out; neither is hung up. Safe to repeat. */
  end(): Promise<void>;
}

export type LinkState = 'up' | 'down';

export interface TelephonyHealth {
  readonly asterisk: LinkState;
  /** `unknown` until the trunk has answered or failed once. */
  readonly trunk: LinkState | 'unknown';
  /** In words for the operator; empty when all is well. */
  readonly reason: string;
}

/** SIP account of a centralist. */
export interface DeskAccount {
  readonly username: string;
  readonly password: string;
  readonly displayName: string;
}

/** A call that an earlier process of ours ordered, and that goes on. */
export interface LeftOutgoing {
  readonly id: CallId;
  readonly rang: boolean;
  readonly answered: boolean;
}

/** A call to the tip line that an earlier process had taken, and that goes on. */
export interface LeftIncoming {
  readonly id: CallId;
  readonly answered: boolean;
  readonly from: string | undefined;
  readonly withheld: boolean;
}

/** What an earlier process left in the telephony when it died. */
export interface Left {
  readonly outgoing: readonly LeftOutgoing[];
  readonly incoming: readonly LeftIncoming[];
  /** Who hears whom. */
  readonly conversations: readonly { readonly a: CallId; readonly b: CallId }[];
}

/** Telephone calls, whatever makes them. */
export interface Telephony {
  /** Orders a call. It is on its way when this returns; what becomes of it is in the result. */
  place(order: CallOrder): OutgoingCall;
  /** What an earlier process left: to be taken over, or swept. */
  left(): Promise<Left>;
  /** Takes over a call that an earlier process ordered: as if we had. What it was being played stops. */
  resume(order: CallOrder, left: LeftOutgoing): OutgoingCall;
  /** Takes over a call to the tip line; it is not told to `onIncoming`. */
  resumeIncoming(left: LeftIncoming): IncomingCall;
  /** Takes over a conversation; neither side notices. */
  resumeConversation(a: Call, b: Call): Conversation;
  /** How a call ended while nobody listened; undefined when that is not known. `answered`: it was, as far as we know. */
  howEnded(id: CallId, answered: boolean): Promise<CallEnd | undefined>;
  /** Sets who takes calls to the tip line. */
  onIncoming(handler: (incoming: IncomingCall) => void): void;
  /** Lets two answered calls hear one another. */
  connect(a: Call, b: Call): Promise<Conversation>;
  /** Makes a centralist's account known; it can register within a second, without a restart. Repeatable. */
  provisionDesk(account: DeskAccount): Promise<void>;
  /** Whether the centralist's softphone is registered now. */
  deskRegistered(username: string): Promise<boolean>;
  /** Ends what an earlier process left and nobody has taken over. Resolves with the ids of the calls. */
  sweep(): Promise<readonly CallId[]>;
  health(): TelephonyHealth;
  onHealth(listener: (health: TelephonyHealth) => void): () => void;
  close(): Promise<void>;
}

/** Called with each step of a call, for its trace. */
export type StepListener = (callId: CallId, step: string) => void;
