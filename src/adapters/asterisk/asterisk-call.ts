import { deferred, type Deferred } from '../../lib/deferred.js';
import { orAborted } from '../../lib/abort.js';
import type { Sound } from '../../domain/messages.js';
import {
  HungUp,
  type Call,
  type CallEnd,
  type CallId,
  type Digit,
  type Heard,
  type Recorded,
  type RecordOptions,
} from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { SoundShelf } from '../../ports/speech.js';
import type { AriLink } from './ari-link.js';
import { AriError } from './errors.js';
import type { PlaybackSnapshot, RecordingSnapshot } from './events.js';
import { HeardLedger } from './heard-ledger.js';

export interface CallParts {
  readonly link: AriLink;
  readonly clock: Clock;
  readonly shelf: SoundShelf;
  readonly onStep: (callId: CallId, step: string) => void;
  /** Where Asterisk keeps recordings, as we see it. */
  readonly recordingsFolder: string;
}

const DIGITS = /^[0-9*#]$/;
/** When Asterisk says that a call is gone, its last event comes within this; else it was lost. */
const LAST_EVENT_MS = 2_000;

const VOICE_STOPPED = { by: 'lost', fault: 'the voice of the far end stopped', voiceStopped: true } as const;

interface Playing {
  readonly id: string;
  readonly sounds: readonly Sound[];
  readonly done: Deferred<'finished' | 'stopped'>;
  begun: boolean;
}

/** One call in Asterisk, behind the port's {@link Call}. Its events are handed in by the telephony adapter. */
export class AsteriskCall implements Call {
  readonly #abort = new AbortController();
  readonly #ended = deferred<CallEnd>();
  readonly #ledger: HeardLedger;
  #up: boolean;
  #hangingUp = false;
  #voiceStopped = false;
  #playbacks = 0;
  #playing: Playing | undefined;
  #digits: Digit[] = [];
  #digitTaker: Deferred<Digit | undefined> | undefined;
  #recording: { readonly name: string; readonly done: Deferred<RecordingSnapshot> } | undefined;

  constructor(
    readonly id: CallId,
    up: boolean,
    private readonly parts: CallParts,
  ) {
    this.#up = up;
    this.#ledger = new HeardLedger((sound) => parts.shelf.msOf(sound));
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get ended(): Promise<CallEnd> {
    return this.#ended.promise;
  }

  get hungUpByUs(): boolean {
    return this.#hangingUp;
  }

  get answered(): boolean {
    return this.#up;
  }

  async answer(): Promise<void> {
    this.#check();
    if (this.#up) return;
    await this.#ask('POST', `channels/${this.id}/answer`);
    this.#up = true;
  }

  async play(sounds: readonly Sound[], options: { signal?: AbortSignal } = {}): Promise<'finished' | 'stopped'> {
    this.#check();
    if (options.signal?.aborted) return 'stopped';
    const playing: Playing = { id: `${this.id}-p${++this.#playbacks}`, sounds, done: deferred(), begun: false };
    this.#playing = playing;
    const stop = (): void => {
      this.#stopPlaying(playing);
    };
    options.signal?.addEventListener('abort', stop, { once: true });
    try {
      const media = sounds.map((sound) => `sound:${this.parts.shelf.pathOf(sound)}`).join(',');
      await this.#ask('POST', `channels/${this.id}/play/${playing.id}`, { media });
      return await orAborted(playing.done.promise, this.signal);
    } finally {
      options.signal?.removeEventListener('abort', stop);
      if (this.#playing === playing) this.#playing = undefined;
    }
  }

  async digit(options: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<Digit | undefined> {
    this.#check();
    const kept = this.#digits.shift();
    if (kept !== undefined) return kept;
    if (options.signal?.aborted) return undefined;
    // One taker at a time: a new one takes the place of the last.
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
  }

  async record(options: RecordOptions): Promise<Recorded> {
    this.#check();
    const done = deferred<RecordingSnapshot>();
    this.#recording = { name: options.name, done };
    const startedAt = this.parts.clock.monotonic();
    await this.#ask('POST', `channels/${this.id}/record`, {
      name: options.name,
      format: 'wav',
      maxDurationSeconds: Math.ceil(options.maxMs / 1000),
      maxSilenceSeconds: Math.ceil(options.maxSilenceMs / 1000),
      ifExists: 'fail',
      beep: false,
      terminateOn: options.endOn,
    });
    // Hanging up ends a recording: it still finishes, and what was said is kept.
    const snapshot = await Promise.race([
      done.promise,
      this.ended.then(() => this.#after(LAST_EVENT_MS)).then(() => undefined),
    ]);
    this.#recording = undefined;
    if (snapshot?.state === 'failed') throw new Error(`recording failed: ${snapshot.cause ?? 'no reason given'}`);
    return {
      name: options.name,
      file: `${this.parts.recordingsFolder}/${options.name}.wav`,
      ms: snapshot?.duration === undefined ? this.parts.clock.monotonic() - startedAt : snapshot.duration * 1000,
    };
  }

  heard(sound: Sound): Heard {
    return this.#ledger.of(sound, this.parts.clock.monotonic());
  }

  step(name: string): void {
    this.parts.onStep(this.id, name);
  }

  async hangUp(): Promise<void> {
    if (this.#ended.settled) return;
    this.#hangingUp = true;
    try {
      await this.parts.link.request('DELETE', `channels/${this.id}`);
    } catch (error) {
      if (!(error instanceof AriError)) throw error;
      if (error.gone) await this.#awaitLastEvent();
      // Not answered: the call is ended when the link is back and it is found again, or by Asterisk's own limits.
      return;
    }
    await this.ended;
  }

  // ------------------------------------------------------------------ told by the telephony adapter

  onUp(): void {
    this.#up = true;
  }

  onDigit(digit: string): void {
    if (!DIGITS.test(digit)) return;
    const taker = this.#digitTaker;
    if (taker && !taker.settled) taker.resolve(digit as Digit);
    else this.#digits.push(digit as Digit);
  }

  onPlayback(snapshot: PlaybackSnapshot): void {
    const playing = this.#playing;
    if (playing?.id !== snapshot.id) return;
    const now = this.parts.clock.monotonic();
    if (snapshot.state === 'playing') {
      // Reported for each sound of the list; the ledger follows the list as one.
      if (!playing.begun) this.#ledger.begin(playing.sounds, now);
      playing.begun = true;
    } else if (snapshot.state === 'failed') {
      this.#ledger.end(now);
      // A call that is hung up fails what it was playing, just before its last event. Anything else is a fault.
      this.parts.clock.after(LAST_EVENT_MS, () => {
        playing.done.reject(new Error('Asterisk could not play the sound'));
      });
    } else if (snapshot.state === 'done') {
      this.#ledger.finish();
      playing.done.resolve('finished');
    }
  }

  onRecording(snapshot: RecordingSnapshot): void {
    if (this.#recording?.name === snapshot.name) this.#recording.done.resolve(snapshot);
  }

  /** The far end's voice has stopped: the call is ended, as lost. */
  voiceStopped(): Promise<void> {
    this.#voiceStopped = true;
    return this.hangUp();
  }

  onEnd(end: CallEnd): void {
    if (this.#ended.settled) return;
    this.#ledger.end(this.parts.clock.monotonic());
    this.#ended.resolve(this.#voiceStopped ? { ...end, ...VOICE_STOPPED } : end);
    this.#abort.abort(new HungUp(this.id));
  }

  // ------------------------------------------------------------------

  #check(): void {
    if (this.signal.aborted) throw this.signal.reason as HungUp;
  }

  /** A request about this call. When the call is gone it waits for the last event and throws HungUp. */
  async #ask(
    method: 'POST' | 'DELETE',
    path: string,
    query?: Record<string, string | number | boolean>,
  ): Promise<void> {
    try {
      await this.parts.link.request(method, path, query);
    } catch (error) {
      if (error instanceof AriError && error.gone) await this.#awaitLastEvent();
      this.#check();
      throw error;
    }
  }

  async #awaitLastEvent(): Promise<void> {
    const lost = await Promise.race([this.ended.then(() => false), this.#after(LAST_EVENT_MS).then(() => true)]);
    if (lost) this.onEnd({ by: this.#hangingUp ? 'us' : 'lost', fault: 'the end of the call was not reported' });
  }

  #stopPlaying(playing: Playing): void {
    if (playing.done.settled) return;
    this.#ledger.end(this.parts.clock.monotonic());
    playing.done.resolve('stopped');
    // Requests are carried out in order: what is played next begins after this one is stopped.
    this.parts.link.request('DELETE', `playbacks/${playing.id}`).catch((error: unknown) => {
      if (!(error instanceof AriError)) throw error;
    });
  }

  #after(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.parts.clock.after(ms, resolve);
    });
  }
}
