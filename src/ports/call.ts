import type { Sound } from '../domain/messages.js';

/**
 * Chosen by the controller before the call exists, so that
 * events can be matched and a repeated order is refused.
 */
export type CallId = string;

export type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '*' | '#';

/** The reason of `call.signal`: the call is over, whichever side ended it. */
export class HungUp extends Error {
  override readonly name = 'HungUp';
  constructor(readonly callId: CallId) {
    super('the call is over');
  }
}

/** How a call ended. */
export interface CallEnd {
  /**
   * `us`: the controller hung up; `them`: the far end, or the
   * network on its behalf; `lost`: the telephony failed.
   */
  readonly by: 'us' | 'them' | 'lost';
  /** SIP status of the final response to our INVITE. */
  readonly sipStatus?: number;
  /** Reason phrase of that response, if known. */
  readonly sipReason?: string;
  /** Seconds of its Retry-After header, if known. */
  readonly retryAfterSeconds?: number;
  /** Q.850 cause. */
  readonly cause?: number;
  /** Nobody answered within the ring time. */
  readonly rangOut?: boolean;
  /**
   * The far end stopped answering SIP requests in the dialog, or no longer knew the dialog (408, 481): nobody
   * is on the line, although nobody hung up. Silence alone never sets this.
   */
  readonly lineDead?: boolean;
  /** The fault on our own side, in words for the administrator. */
  readonly fault?: string;
}

/** How much of a sound the far end has heard. */
export interface HeardAmount {
  /** How often the sound was started. */
  readonly plays: number;
  readonly ms: number;
}

export interface RecordOptions {
  /** Unique name of the recording: letters, digits and dashes. */
  readonly name: string;
  readonly maxMs: number;
  /** The recording ends after this much silence; 0 for never. */
  readonly maxSilenceMs: number;
  /** The key that ends the recording. */
  readonly endOn: '#' | 'none';
}

export interface Recorded {
  readonly name: string;
  /** Absolute path of a wav file that the controller can read. */
  readonly file: string;
  readonly ms: number;
}

/**
 * An answered call, as a flow uses it. Digits are collected from the first instant and kept until they are
 * taken. Once the call is over, every method rejects with {@link HungUp}, except `hangUp`, which then does
 * nothing.
 */
export interface Call {
  readonly id: CallId;
  /** Aborts with {@link HungUp} when the call is over. */
  readonly signal: AbortSignal;
  /** Answers an incoming call; resolves at once when the call is already answered. */
  answer(): Promise<void>;
  /**
   * Plays the sounds in order without a gap. Resolves when they
   * are over, or when `options.signal` stops them.
   */
  play(sounds: readonly Sound[], options?: { signal?: AbortSignal }): Promise<'finished' | 'stopped'>;
  /** The next digit, from the kept ones first; undefined when none came in time or `signal` aborted. */
  digit(options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<Digit | undefined>;
  /** Discards the kept digits. */
  forgetDigits(): void;
  /**
   * Records the far end until the key, the silence, the limit or the hang-up. Also resolves after a hang-up.
   * The file is then whole and on disk, so it survives a power failure.
   */
  record(options: RecordOptions): Promise<Recorded>;
  /**
   * Continues a recording of this name that an earlier process began in this call. It ends as with `record`,
   * and `maxMs` is the time left. Resolves with the whole recording, at once when it ended in the meantime.
   * Resolves with undefined when there is no recording of this name.
   */
  recordOn(options: RecordOptions): Promise<Recorded | undefined>;
  /** How much of this sound the far end has heard so far. */
  heard(sound: Sound): HeardAmount;
  /** Marks the progress of the flow: one log line, one row in the call's trace. */
  step(name: string): void;
  /** Hangs up. Resolves when the call is over. Safe to repeat. */
  hangUp(): Promise<void>;
  /** Resolves when the call is over and its line is free. */
  readonly ended: Promise<CallEnd>;
}
