import type { Sound } from '../domain/messages.js';

/** A call's id, chosen by us before the call exists, so that its events can be matched and a repeated order is refused. */
export type CallId = string;

export type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '*' | '#';

/** The reason of `call.signal`: the call is over, whoever ended it. */
export class HungUp extends Error {
  override readonly name = 'HungUp';
  constructor(readonly callId: CallId) {
    super('the call is over');
  }
}

/** How a call ended. */
export interface CallEnd {
  /** `us`: we hung up; `them`: the far end, or the network on its behalf; `lost`: the telephony itself was lost under it. */
  readonly by: 'us' | 'them' | 'lost';
  /** SIP status of the final response to our INVITE, or absent. */
  readonly sipStatus?: number;
  /** Its reason phrase where known. */
  readonly sipReason?: string;
  /** Seconds of a Retry-After header where known. */
  readonly retryAfterSeconds?: number;
  /** Q.850 cause. */
  readonly cause?: number;
  /** Nobody answered within the ring time. */
  readonly rangOut?: boolean;
  /**
   * The far end stopped answering SIP in its call, or did not know the call any more (408, 481): nobody is on the line,
   * though nobody hung up. Silence proves nothing of the kind.
   */
  readonly lineDead?: boolean;
  /** What went wrong on our own side, in words for the operator. */
  readonly fault?: string;
}

/** How much of a sound the far end has been played. */
export interface Heard {
  /** How often it was begun. */
  readonly plays: number;
  readonly ms: number;
}

export interface RecordOptions {
  /** Name of the recording; unique, letters, digits and dashes. */
  readonly name: string;
  readonly maxMs: number;
  /** Ends after this much silence; 0 for never. */
  readonly maxSilenceMs: number;
  /** A key that ends it. */
  readonly endOn: '#' | 'none';
}

export interface Recorded {
  readonly name: string;
  /** Absolute path of a wav file that we can read. */
  readonly file: string;
  readonly ms: number;
}

/**
 * An answered call: what a flow talks to. Digits are listened for from the first instant and kept until they are taken.
 * Every method rejects with {@link HungUp} once the call is over, except `hangUp`, which does nothing then.
 */
export interface Call {
  readonly id: CallId;
  /** Aborts with {@link HungUp} when the call is over. */
  readonly signal: AbortSignal;
  /** Answers a call that came in; resolves at once for one that is up. */
  answer(): Promise<void>;
  /** Plays the sounds in order without a gap; resolves when they are over, or stopped by `options.signal`. */
  play(sounds: readonly Sound[], options?: { signal?: AbortSignal }): Promise<'finished' | 'stopped'>;
  /** The next digit pressed, one that is kept first; undefined when none came in time or `signal` aborted. */
  digit(options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<Digit | undefined>;
  /** Throws kept digits away. */
  forgetDigits(): void;
  /**
   * Records what the far end says until the key, the silence, the limit or their hanging up. Resolves also when they hang
   * up; the file is whole and on disk then, so that it outlives a loss of power.
   */
  record(options: RecordOptions): Promise<Recorded>;
  /**
   * Goes on with a recording of this name that an earlier process began in this call: it ends as with `record`, and `maxMs` is
   * what is left of its time. Resolves with all that was recorded, at once when the recording has ended meanwhile; with
   * undefined when there is none of this name.
   */
  recordOn(options: RecordOptions): Promise<Recorded | undefined>;
  /** What the far end has been played of this sound so far. */
  heard(sound: Sound): Heard;
  /** Says where the flow is: one log line, one row in the call's trace. */
  step(name: string): void;
  /** Hangs up; resolves when the call is over. Safe to repeat. */
  hangUp(): Promise<void>;
  /** Resolves with how the call ended; its line is free then. */
  readonly ended: Promise<CallEnd>;
}
