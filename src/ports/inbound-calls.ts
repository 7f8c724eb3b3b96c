import type { Call, CallId } from './call.js';

/** A call to the tip line, not yet answered. */
export interface IncomingCall {
  readonly call: Call;
  /** The caller's number as the network shows it, in any notation; undefined when the network shows none. */
  readonly from: string | undefined;
  /** The caller asked the network to withhold the number. */
  readonly withheld: boolean;
  /** Address of the operator's machine that sent the call; undefined when it is not known. */
  readonly source: string | undefined;
  /**
   * Refuses the call unanswered, as busy (SIP 486): the caller
   * hears the busy tone. Resolves when the call is over.
   */
  refuse(): Promise<void>;
}

/** A call that a centralist dialled on their softphone, not yet answered. */
export interface DeskCall {
  readonly call: Call;
  readonly username: string;
  /** The dialled digits: `*20`, or an extension. */
  readonly dialled: string;
}

/** A centralist transfers the call they are in, from their softphone (SIP REFER, RFC 3515). */
export interface TransferRequest {
  /** The dialled digits of a blind transfer; undefined for an attended one. */
  readonly to: string | undefined;
  /** The centralist's second call, in an attended transfer (RFC 5589); undefined for a blind one. */
  readonly consulted: CallId | undefined;
  /** Tells the softphone how the transfer goes. `done` and `failed` end the report. */
  report(progress: 'ringing' | 'done' | 'failed'): Promise<void>;
}

/** A tip that Asterisk recorded by itself while the controller was down. */
export interface OfflineRecording {
  /** The call in which the tip was recorded. */
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

/** Calls that come in: from callers to the tip line, and from centralists' softphones. */
export interface InboundCalls {
  /** Sets the handler of calls to the tip line. */
  onIncoming(handler: (incoming: IncomingCall) => void): void;
  /** Sets the handler of calls that centralists dial. */
  onDeskCall(handler: (desk: DeskCall) => void): void;
  /**
   * Sets the handler of transfers. `centralist` is the call leg of the centralist who asks for the transfer.
   */
  onTransfer(handler: (centralist: CallId, request: TransferRequest) => void): void;
  /**
   * Tips that Asterisk recorded by itself, whole and on disk. Leaves out calls that still last, and calls for
   * which `isKnown` is true. The files of known calls stay where they are for good, so skipping them must
   * cost next to nothing.
   */
  offlineRecordings(isKnown: (callId: CallId) => boolean): Promise<readonly OfflineRecording[]>;
}
