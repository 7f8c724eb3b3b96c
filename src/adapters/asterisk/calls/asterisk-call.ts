import { deferred, type Deferred } from '../../../lib/deferred.js';
import { orAborted } from '../../../lib/abort.js';
import type { Sound } from '../../../domain/messages.js';
import {
  HungUp,
  type Call,
  type CallEnd,
  type CallId,
  type Digit,
  type HeardAmount,
  type Recorded,
  type RecordOptions,
} from '../../../ports/call.js';
import type { Clock } from '../../../ports/clock.js';
import type { SoundFiles } from '../../../ports/speech.js';
import type { AriLink } from '../ari/ari-link.js';
import { AriError } from '../ari/errors.js';
import type { PlaybackSnapshot, RecordingSnapshot } from '../ari/events.js';
import type { InfoKeys } from '../sip/info-keys.js';
import { CallLeg } from './call-leg.js';
import { LINE_DEAD } from './hangup-causes.js';
import { KeyPresses } from './key-presses.js';
import { Playback } from './playback.js';
import { Recording } from './recording.js';

export interface CallParts {
  readonly link: AriLink;
  readonly clock: Clock;
  readonly soundFiles: SoundFiles;
  readonly onStep: (callId: CallId, step: string) => void;
  /** The folder in which Asterisk stores recordings, as the controller sees it. */
  readonly recordingsFolder: string;
  /** Keys sent by SIP INFO; absent when the controller receives no copies of SIP messages. */
  readonly infoKeys?: InfoKeys | undefined;
}

const DIGITS = /^[0-9*#]$/;

/** Q.850 17, which Asterisk sends as SIP 486. */
const BUSY = '17';
/** Asterisk writes this cause into its CANCEL as "Call completed elsewhere" (Reason header, RFC 3326). */
export const ANSWERED_ELSEWHERE = '26';

const TRANSFER_STATES = {
  ringing: 'channel_progress',
  done: 'channel_answered',
  failed: 'channel_unavailable',
} as const;

/** One call that a flow plays: implements the port's {@link Call}. {@link LiveCalls} delivers its events. */
export class AsteriskCall implements Call {
  readonly #abort = new AbortController();
  readonly #leg: CallLeg;
  readonly #playback: Playback;
  readonly #recording: Recording;
  readonly #keys: KeyPresses;
  #up: boolean;
  /** How the call ends, if that is not a plain hang-up by the controller. */
  #endsAs: CallEnd | undefined;
  /** Q.850 cause to hang up with. */
  #cause: string | undefined;
  #digits: Digit[] = [];
  #lastDigit = '';
  #digitTaker: Deferred<Digit | undefined> | undefined;
  #lastTransfer = '';

  constructor(
    readonly id: CallId,
    up: boolean,
    private readonly parts: CallParts,
  ) {
    const { link, clock, soundFiles, recordingsFolder, infoKeys } = parts;
    this.#up = up;
    this.#leg = new CallLeg(id, link, clock, (end) => {
      this.onEnd(end);
    });
    this.#playback = new Playback(this.#leg, this.signal, soundFiles);
    this.#recording = new Recording(this.#leg, this.signal, recordingsFolder);
    this.#keys = new KeyPresses({
      clock,
      infoKeys,
      sipCallId: () => this.#sipCallId(),
      onKey: (digit) => {
        if (DIGITS.test(digit)) this.#pressed(digit as Digit);
      },
    });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get over(): boolean {
    return this.signal.aborted;
  }

  get ended(): Promise<CallEnd> {
    return this.#leg.ended;
  }

  get hungUpByUs(): boolean {
    return this.#leg.hungUpByUs;
  }

  get rangOut(): boolean {
    return this.#leg.rangOut;
  }

  get answered(): boolean {
    return this.#up;
  }

  async answer(): Promise<void> {
    this.signal.throwIfAborted();
    if (this.#up) return;
    await this.#leg.ask(this.signal, `channels/${this.id}/answer`);
    this.#up = true;
  }

  play(sounds: readonly Sound[], options: { signal?: AbortSignal } = {}): Promise<'finished' | 'stopped'> {
    return this.#playback.play(sounds, options.signal);
  }

  heard(sound: Sound): HeardAmount {
    return this.#playback.heard(sound);
  }

  async digit(options: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<Digit | undefined> {
    this.signal.throwIfAborted();
    const kept = this.#digits.shift();
    if (kept !== undefined) return kept;
    if (options.signal?.aborted) return undefined;
    // Only the latest request for a digit is served.
    this.#digitTaker?.resolve(undefined);
    const taker = deferred<Digit | undefined>();
    this.#digitTaker = taker;
    const giveUp = (): void => {
      taker.resolve(undefined);
    };
    options.signal?.addEventListener('abort', giveUp, { once: true });
    const cancel = options.timeoutMs === undefined ? undefined : this.parts.clock.after(options.timeoutMs, giveUp);
    try {
      return await orAborted(taker.promise, this.signal);
    } finally {
      cancel?.();
      options.signal?.removeEventListener('abort', giveUp);
      if (this.#digitTaker === taker) this.#digitTaker = undefined;
    }
  }

  forgetDigits(): void {
    this.#digits = [];
    this.#keys.forget();
  }

  async record(options: RecordOptions): Promise<Recorded> {
    this.signal.throwIfAborted();
    return this.#recording.record(options);
  }

  async recordOn(options: RecordOptions): Promise<Recorded | undefined> {
    this.signal.throwIfAborted();
    return this.#recording.goOn(options);
  }

  step(name: string): void {
    this.parts.onStep(this.id, name);
  }

  hangUp(): Promise<void> {
    return this.#hangUp(undefined);
  }

  /** Refuses an unanswered call as busy. */
  refuse(): Promise<void> {
    return this.#hangUp(BUSY);
  }

  /** Cancels a ringing call because somebody else answered. The telephone then shows no missed call. */
  answeredElsewhere(): Promise<void> {
    return this.#hangUp(ANSWERED_ELSEWHERE);
  }

  /** Ends the call as lost, because the far end is gone although nobody hung up. */
  lineDied(): Promise<void> {
    this.#endsAs = { by: 'lost', fault: LINE_DEAD, lineDead: true };
    return this.hangUp();
  }

  /** Hangs up because nobody answered within the ring time. */
  endRinging(): Promise<void> {
    this.#leg.rangOut = true;
    return this.hangUp();
  }

  /** Sends the hang-up request. Called again when the reconciler finds the call still up. */
  async sendHangUp(): Promise<void> {
    if (!(await this.#leg.requestHangUp(this.#cause))) await this.#leg.awaitLastEvent();
  }

  /** Reports the progress of a transfer to the softphone that requested it (ARI, `transfer_progress`). */
  async reportTransfer(progress: 'ringing' | 'done' | 'failed'): Promise<void> {
    const states = TRANSFER_STATES[progress];
    await this.parts.link
      .request('POST', `channels/${this.id}/transfer_progress`, { states })
      .catch((error: unknown) => {
        // The softphone has hung up, as softphones do after requesting a transfer.
        if (!(error instanceof AriError)) throw error;
      });
  }

  /** Stops the playbacks of the earlier process in a call that was taken over. */
  stopOldPlayback(): void {
    this.#playback.stopOld();
  }

  // ------------------------------------------------------------------ events, delivered by LiveCalls

  onUp(): void {
    this.#up = true;
  }

  /**
   * @param at timestamp of the event: the same key with the same timestamp is the same event, delivered twice
   */
  onDigit(digit: string, at: string, ms: number): void {
    if (!DIGITS.test(digit) || this.#lastDigit === digit + at) return;
    this.#lastDigit = digit + at;
    this.#keys.heard({ digit, at: Date.parse(at), ms });
  }

  /** Returns false for the same event delivered twice. @param at timestamp of the event */
  onTransfer(at: string): boolean {
    const isNew = at !== this.#lastTransfer;
    this.#lastTransfer = at;
    return isNew;
  }

  onPlayback(snapshot: PlaybackSnapshot): void {
    this.#playback.onFinished(snapshot);
  }

  onRecording(snapshot: RecordingSnapshot): void {
    this.#recording.onFinished(snapshot);
  }

  onEnd(end: CallEnd): void {
    if (this.#leg.over) return;
    this.#playback.end();
    const rangOut = this.rangOut && end.by === 'us' ? ({ by: 'them', rangOut: true } as const) : undefined;
    this.#leg.end(this.#endsAs ?? rangOut ?? end);
    this.#abort.abort(new HungUp(this.id));
    this.#keys.close();
  }

  // ------------------------------------------------------------------

  async #hangUp(cause: string | undefined): Promise<void> {
    if (this.#leg.over) return;
    this.#leg.hungUpByUs = true;
    this.#cause ??= cause;
    await this.sendHangUp();
    await this.ended;
  }

  #pressed(digit: Digit): void {
    if (this.over) return;
    const taker = this.#digitTaker;
    if (taker && !taker.settled) taker.resolve(digit);
    else this.#digits.push(digit);
  }

  /** Undefined when Asterisk does not answer, or the call is over. */
  async #sipCallId(): Promise<string | undefined> {
    try {
      const variable = 'CHANNEL(pjsip,call-id)';
      const { value } = await this.parts.link.request<{ value: string }>('GET', `channels/${this.id}/variable`, {
        variable,
      });
      return value === '' ? undefined : value;
    } catch (error) {
      if (error instanceof AriError) return undefined;
      throw error;
    }
  }
}
