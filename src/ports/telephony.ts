import type { Script, StepAt } from '../domain/alert-script.js';
import type { Sound } from '../domain/messages.js';
import type { E164 } from '../domain/phone-number.js';
import type { Call, CallEnd, CallId, Recorded } from './call.js';

/** Whom to ring: somebody behind the trunk, or a centralist's softphone. */
export type Destination =
  { readonly type: 'trunk'; readonly number: E164 } | { readonly type: 'desk'; readonly username: string };

export interface CallOrder<To extends Destination = Destination> {
  readonly id: CallId;
  readonly to: To;
  /** What the telephone that rings shows. */
  readonly callerId: { readonly number: string; readonly name: string };
  /** Ringing longer than this is given up; also by Asterisk alone when we are dead. */
  readonly ringMs: number;
  /** The whole call, ringing included, is ended after this. Time that passes counts, whatever the wall clock says. */
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
  /**
   * Stops the ringing, or hangs up. Safe to repeat. `taken_elsewhere` when somebody else has taken what it rings for: the
   * telephone then shows no missed call (RFC 3326). Without it the caller gave up, and the call was missed.
   */
  cancel(why?: CancelReason): void;
}

export type CancelReason = 'taken_elsewhere';

/** A call that tells something by itself: see `domain/alert-script.ts`. */
export interface AlertCallOrder extends CallOrder {
  readonly script: Script;
  /** What it is about: a newer message for the same subject is told to who has not pressed a digit yet. */
  readonly subject: string;
}

/** How an announcement ended. */
export interface AlertCallResult extends CallEnd {
  readonly answered: boolean;
  readonly steps: readonly StepAt[];
  /** Id of the message that was told; undefined when none was. */
  readonly soundId: string | undefined;
  /** ms UTC. */
  readonly at: number;
}

/** A call that tells something, on its way or up. */
export interface AlertCall {
  readonly id: CallId;
  /** Resolves when the telephony has taken the order, or the call is over before it has. Never rejects. */
  readonly taken: Promise<void>;
  /** Calls back once, when the far telephone rings (180) or early media plays (183). */
  onRinging(listener: () => void): void;
  onAnswered(listener: () => void): void;
  /** Calls back once, when a digit was pressed: at which time (ms UTC), and the id of the message that is told. */
  onConfirmed(listener: (at: number, soundId: string) => void): void;
  /** Resolves when the call is over and its line is free. Never rejects. */
  readonly ended: Promise<AlertCallResult>;
  /** Hangs up, whatever it is at. Safe to repeat. */
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
  /** Address of the operator's machine that the call came from; undefined when it is not known. */
  readonly source: string | undefined;
  /** Refuses it unanswered, as busy (SIP 486): the caller hears the busy tone. Resolves when it is over. */
  refuse(): Promise<void>;
}

/** A centralist has dialled something on their softphone; not yet answered. */
export interface DeskCall {
  readonly call: Call;
  readonly username: string;
  /** What was dialled: `*20`, or an extension. */
  readonly dialled: string;
}

/** A centralist transfers the call they are in, from their softphone (SIP REFER, RFC 3515). */
export interface TransferRequest {
  /** What was dialled, for a blind transfer; undefined when they spoke to the other one first. */
  readonly to: string | undefined;
  /** The centralist's second call, in which they spoke first (RFC 5589, attended); undefined for a blind transfer. */
  readonly consulted: CallId | undefined;
  /** Tells the softphone how it goes; `done` and `failed` are the last that it hears of it. */
  report(progress: 'ringing' | 'done' | 'failed'): Promise<void>;
}

/** A tip that Asterisk recorded by itself while nobody served its calls. */
export interface OfflineRecording {
  /** The call in which it was spoken. */
  readonly callId: CallId;
  readonly from: string | undefined;
  readonly withheld: boolean;
  /** When the call came in, and when the recording ended; ms UTC. */
  readonly receivedAt: number;
  readonly endedAt: number;
  /** Name in the recordings folder, without extension. */
  readonly name: string;
  readonly ms: number;
}

/** Two calls that hear one another. */
export interface Conversation {
  /** Ends when either call is over, or by `end`. */
  readonly ended: Promise<void>;
  /** Takes both out; neither is hung up. Safe to repeat. */
  end(): Promise<void>;
  /** Records both sides in one file from now on, until it ends. Rejects when that cannot be. */
  record(name: string): Promise<void>;
  /** What was recorded, once the conversation has ended and the file is whole and on disk; undefined when nothing was. */
  recorded(): Promise<Recorded | undefined>;
}

export type LinkState = 'up' | 'down';

/** What is wrong with the telephony. */
export type TelephonyProblem =
  | { readonly code: 'asterisk_down' }
  /** The operator leaves this kind of request unanswered. */
  | { readonly code: 'trunk_down'; readonly asked: 'call' | 'options' | 'register' }
  /** The operator refuses our registration with this SIP status; null when it answers all else but our registration. */
  | { readonly code: 'trunk_refused'; readonly sipStatus: number | null };

export interface TelephonyHealth {
  readonly asterisk: LinkState;
  /** `unknown` until the trunk has answered or failed once; `down` also when it refuses our registration. */
  readonly trunk: LinkState | 'unknown';
  /** In words for the operator; empty when all is well. */
  readonly reason: string;
  /** The same for programs; null when all is well. */
  readonly problem: TelephonyProblem | null;
}

/** SIP account of a centralist. */
export interface DeskAccount {
  readonly username: string;
  readonly password: string;
  readonly displayName: string;
  /** Addresses from which nothing is taken under this name, whatever they show: they guess its password. */
  readonly refused?: readonly string[];
}

/** A password that somebody showed for a softphone's account, or for a name that is none. */
export interface PasswordTry {
  readonly username: string;
  readonly address: string;
  /** `wrong` also when the address was refused before its password was looked at. */
  readonly result: 'registered' | 'wrong';
}

/** A call that an earlier process of ours ordered, and that goes on. */
export interface SurvivingOutgoing {
  readonly id: CallId;
  readonly rang: boolean;
  readonly answered: boolean;
  /** Of an announcement: where it has been, and the message that it tells. */
  readonly steps: readonly StepAt[];
  readonly soundId: string | undefined;
}

/** A call to the tip line that an earlier process had taken, and that goes on. */
export interface SurvivingIncoming {
  readonly id: CallId;
  readonly answered: boolean;
  readonly from: string | undefined;
  readonly withheld: boolean;
  readonly source: string | undefined;
}

/** A call of a centralist that an earlier process had taken, and that goes on. */
export interface SurvivingDeskCall {
  readonly id: CallId;
  readonly answered: boolean;
  readonly username: string;
  readonly dialled: string;
}

/** What an earlier process left in the telephony when it died. */
export interface SurvivingCalls {
  readonly outgoing: readonly SurvivingOutgoing[];
  readonly incoming: readonly SurvivingIncoming[];
  readonly desks: readonly SurvivingDeskCall[];
  /** Who hears whom. */
  readonly conversations: readonly { readonly a: CallId; readonly b: CallId }[];
}

/** Telephone calls, whatever makes them. */
export interface Telephony {
  /** Orders a call in which a flow talks. It is on its way when this returns; what becomes of it is in the result. */
  place(order: CallOrder): OutgoingCall;
  /** Orders a call that tells something by itself, whether we are there or not. */
  placeAlert(order: AlertCallOrder): AlertCall;
  /** From now on this is the message of a subject, for calls under way in which no digit was pressed yet. */
  updateMessage(subject: string, message: Sound): void;
  /** What an earlier process left: to be taken over, or swept. */
  survivingCalls(): Promise<SurvivingCalls>;
  /** Takes over a call that an earlier process ordered: as if we had. What it was being played stops. */
  takeOverOutgoing(order: CallOrder, left: SurvivingOutgoing): OutgoingCall;
  /** Takes over an announcement; who is called does not notice. */
  takeOverAlert(order: AlertCallOrder, left: SurvivingOutgoing): AlertCall;
  /** Takes over a call to the tip line; it is not told to `onIncoming`. */
  takeOverIncoming(left: SurvivingIncoming): IncomingCall;
  /** Takes over a call of a centralist; it is not told to `onDeskCall`. What it was being played stops. */
  takeOverDeskCall(left: SurvivingDeskCall): DeskCall;
  /** Takes over a conversation; neither side notices. `recording`: the name under which it may be being recorded. */
  takeOverConversation(a: Call, b: Call, recording?: string): Conversation;
  /** How an announcement ended while nobody listened; undefined when that is not known. */
  rememberedResult(id: CallId): Promise<AlertCallResult | undefined>;
  /** Sets who takes calls to the tip line. */
  onIncoming(handler: (incoming: IncomingCall) => void): void;
  /** Sets who takes what centralists dial. */
  onDeskCall(handler: (desk: DeskCall) => void): void;
  /** Sets who carries out transfers: of the call that a centralist is in with somebody else. */
  onTransfer(handler: (centralist: CallId, request: TransferRequest) => void): void;
  /** Calls back with each softphone that registers, or is registered no more. */
  onRegistration(listener: (username: string, registered: boolean) => void): () => void;
  /** A recording that an earlier process began, of a caller or of a conversation that is over; undefined when there is none. */
  recorded(name: string): Promise<Recorded | undefined>;
  /**
   * Tips that Asterisk recorded by itself and that are whole, and safe on disk; not those of calls that still last, and not those
   * of calls that are known, which cost next to nothing: they stay where they are for good.
   */
  offlineRecordings(isKnown: (callId: CallId) => boolean): Promise<readonly OfflineRecording[]>;
  /** Lets two answered calls hear one another; whoever is put on hold hears hold audio. */
  connect(a: Call, b: Call): Promise<Conversation>;
  /**
   * Makes a centralist's account known; it can register within a second, without a restart. Repeatable. Rejects when the
   * telephony refuses the account, and keeps nothing of it.
   */
  provisionDesk(account: DeskAccount): Promise<void>;
  /** Takes the account away at once: its softphone is registered no more, and can neither ring nor call. Live calls go on. */
  removeDesk(username: string): Promise<void>;
  /** Calls back when an account is made anew: with why Asterisk refuses it, or undefined when it does not. */
  onAccountMadeAgain(listener: (username: string, fault: string | undefined) => void): () => void;
  /** Calls back with every password that is shown; never where SIP messages cannot be seen (an Asterisk elsewhere). */
  onPasswordTry(listener: (tried: PasswordTry) => void): () => void;
  /** Whether the centralist's softphone is registered now. */
  deskRegistered(username: string): Promise<boolean>;
  /**
   * Ends what an earlier process left and nobody has taken over. Resolves with the ids of the calls. `isTakenElsewhere`
   * names the ringing calls whose telephones show no missed call.
   */
  hangUpOrphans(isTakenElsewhere?: (id: CallId) => boolean): Promise<readonly CallId[]>;
  health(): TelephonyHealth;
  onHealth(listener: (health: TelephonyHealth) => void): () => void;
  close(): Promise<void>;
}

/** Called with each step of a call, for its trace. */
export type StepListener = (callId: CallId, step: string) => void;
