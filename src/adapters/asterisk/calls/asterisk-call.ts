import { deferred, type Deferred } from '../../../lib/deferred.js';
import { orAborted } from '../../../lib/abort.js';
import type { Sound } from '../../../domain/messages.js';
import {
  HungUp,
  type Call,
  type CallEnd,
  type CallId,
  type Digit,
  type Heard,
  type Recorded,
  type RecordOptions,
} from '../../../ports/call.js';
import type { Clock } from '../../../ports/clock.js';
import type { SoundFiles } from '../../../ports/speech.js';
import type { AriLink } from '../ari/ari-link.js';
import { LINE_DEAD } from './hangup-causes.js';
import { finished, isLive } from './conversation.js';
import { AriError } from '../ari/errors.js';
import type { PlaybackSnapshot, RecordingSnapshot } from '../ari/events.js';
import { PlaybackMeter } from './playback-meter.js';
import type { InfoKeys } from '../sip/info-keys.js';
import { KeyRoads } from './key-roads.js';
import { watchPauses } from './pause-watch.js';
import { toDisk } from './recording-files.js';

export interface CallParts {
  readonly link: AriLink;
  readonly clock: Clock;
  readonly shelf: SoundFiles;
  readonly onStep: (callId: CallId, step: string) => void;
  /** Where Asterisk keeps recordings, as we see it. */
  readonly recordingsFolder: string;
  /** The keys that come by SIP INFO, where copies of SIP messages come. */
  readonly infoKeys?: InfoKeys | undefined;
}

const DIGITS = /^[0-9*#]$/;
/** Ids of playbacks go round: one is over and forgotten before its id comes again, and an heir can name all there may be. */
const PLAYBACK_IDS = 4;
/** The end of a sound may be told this late; then we ask. */
const LATE_MS = 2_000;
/** An order about a call that was not answered is given again this often. */
const TRIES = 3;
/** When Asterisk says that a call is gone, its last event comes within this; else it was lost. */
const LAST_EVENT_MS = 2_000;

const BUSY = '17';
/** With this cause Asterisk's CANCEL has `Reason: SIP;cause=200;text="Call completed elsewhere"` (RFC 3326). */
export const ANSWERED_ELSEWHERE = '26';

const TRANSFER_STATES = {
  ringing: 'channel_progress',
  done: 'channel_answered',
  failed: 'channel_unavailable',
} as const;

interface Playing {
  readonly id: string;
  readonly sounds: readonly Sound[];
  readonly done: Deferred<'finished' | 'stopped'>;
  /** Asterisk says that it is over. */
  over: boolean;
}

/** One call in Asterisk, behind the port's {@link Call}. Its events are handed in by the telephony adapter. */
export class AsteriskCall implements Call {
  readonly #abort = new AbortController();
  readonly #ended = deferred<CallEnd>();
  readonly #ledger: PlaybackMeter;
  #up: boolean;
  #hangingUp = false;
  #rangOut = false;
  /** Why we hung up, when that is no plain hang-up of ours. */
  #endsAs: CallEnd | undefined;
  /** Why we hang up, as Q.850 has it. */
  #cause: string | undefined;
  #playbacks = 0;
  #silenced: Promise<void> | undefined;
  #playing: Playing | undefined;
  #digits: Digit[] = [];
  #lastDigit = '';
  readonly #keys: KeyRoads;
  #lastTransfer = '';
  #digitTaker: Deferred<Digit | undefined> | undefined;
  #recording: { readonly name: string; readonly done: Deferred<RecordingSnapshot> } | undefined;

  constructor(
    readonly id: CallId,
    up: boolean,
    private readonly parts: CallParts,
  ) {
    this.#up = up;
    this.#ledger = new PlaybackMeter((sound) => parts.shelf.msOf(sound));
    this.#keys = new KeyRoads({
      clock: parts.clock,
      infoKeys: parts.infoKeys,
      sipCallId: () => this.#sipCallId(),
      onKey: (digit) => {
        if (DIGITS.test(digit)) this.#pressed(digit as Digit);
      },
    });
  }

  /** The link that tells of this call and takes orders about it. */
  get link(): AriLink {
    return this.parts.link;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get over(): boolean {
    return this.signal.aborted;
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
    if (this.#silenced) await this.#silenced;
    this.#check();
    if (options.signal?.aborted) return 'stopped';
    const playing: Playing = { id: this.#playbackId(this.#playbacks++), sounds, done: deferred(), over: false };
    this.#playing = playing;
    const stop = (): void => {
      this.#stopPlaying(playing);
    };
    options.signal?.addEventListener('abort', stop, { once: true });
    try {
      const media = sounds.map((sound) => `sound:${this.parts.shelf.pathOf(sound)}`).join(',');
      await this.#ask('POST', `channels/${this.id}/play/${playing.id}`, { media }, () => this.#isPlaying(playing));
      if (!playing.over && !playing.done.settled) this.#ledger.begin(sounds, this.parts.clock.monotonic());
      this.#expectEnd(playing, this.#lengthOf(sounds) + LATE_MS);
      return await orAborted(playing.done.promise, this.signal);
    } finally {
      playing.done.resolve('stopped');
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
    this.#keys.forget();
  }

  async record(options: RecordOptions): Promise<Recorded> {
    this.#check();
    const done = this.#expectRecording(options.name);
    const startedAt = this.parts.clock.monotonic();
    await this.#ask('POST', `channels/${this.id}/record`, {
      name: options.name,
      format: 'wav',
      // No limit of Asterisk's own: it goes by the wall clock, and a step of it would cut a tip short.
      maxDurationSeconds: 0,
      maxSilenceSeconds: Math.ceil(options.maxSilenceMs / 1000),
      ifExists: 'fail',
      beep: false,
      terminateOn: options.endOn,
    });
    const snapshot = await this.#recordingOver(options, done);
    if (snapshot?.state === 'failed') throw new Error(`recording failed: ${snapshot.cause ?? 'no reason given'}`);
    const file = `${this.parts.recordingsFolder}/${options.name}.wav`;
    await toDisk(file);
    return {
      name: options.name,
      file,
      ms: snapshot?.duration === undefined ? this.parts.clock.monotonic() - startedAt : snapshot.duration * 1000,
    };
  }

  async recordOn(options: RecordOptions): Promise<Recorded | undefined> {
    this.#check();
    const { link, clock, recordingsFolder } = this.parts;
    // Its end may be told as soon as it has been looked for.
    const done = this.#expectRecording(options.name);
    const live = await isLive(link, options.name);
    const snapshot = live ? await this.#recordingOver(options, done) : undefined;
    const recorded = await finished({ link, clock, recordingsFolder }, options.name);
    if (recorded || snapshot?.duration === undefined) return recorded;
    // The file is on the machine of an Asterisk elsewhere.
    return { name: options.name, file: `${recordingsFolder}/${options.name}.wav`, ms: snapshot.duration * 1000 };
  }

  heard(sound: Sound): Heard {
    return this.#ledger.of(sound, this.parts.clock.monotonic());
  }

  step(name: string): void {
    this.parts.onStep(this.id, name);
  }

  hangUp(): Promise<void> {
    return this.#hangUp(undefined);
  }

  /** Ends a call that was not answered as busy (Q.850 cause 17, SIP 486). */
  refuse(): Promise<void> {
    return this.#hangUp(BUSY);
  }

  /** Ends a call that rings because somebody else has taken it: the CANCEL says so. */
  takenElsewhere(): Promise<void> {
    return this.#hangUp(ANSWERED_ELSEWHERE);
  }

  async #hangUp(cause: string | undefined): Promise<void> {
    if (this.#ended.settled) return;
    this.#hangingUp = true;
    this.#cause ??= cause;
    await this.sendHangUp();
    await this.ended;
  }

  /** Tells the softphone how the transfer goes that it asked for (ARI, `transfer_progress`). */
  async reportTransfer(progress: 'ringing' | 'done' | 'failed'): Promise<void> {
    const states = TRANSFER_STATES[progress];
    await this.parts.link
      .request('POST', `channels/${this.id}/transfer_progress`, { states })
      .catch((error: unknown) => {
        // It has hung up, as softphones do once they have asked.
        if (!(error instanceof AriError)) throw error;
      });
  }

  /** Not answered: it is sent again when the call is found to be there still (`Reconciler`). */
  async sendHangUp(): Promise<void> {
    const query = this.#cause === undefined ? {} : { reason_code: this.#cause };
    try {
      await this.parts.link.request('DELETE', `channels/${this.id}`, query);
    } catch (error) {
      if (!(error instanceof AriError)) throw error;
      if (error.gone) await this.#awaitLastEvent();
    }
  }

  /** What an earlier process let it play is stopped, before anything else is played. */
  silence(): void {
    this.#silenced = this.#silence();
  }

  /** The end of what is stopped is told a moment later: its id is not the next to be used. */
  async #silence(): Promise<void> {
    const stopped = await Promise.all(
      Array.from({ length: PLAYBACK_IDS }, (_, id) => this.#deletePlayback(this.#playbackId(id))),
    );
    this.#playbacks = Math.max(0, stopped.indexOf(false));
  }

  // ------------------------------------------------------------------ told by the telephony adapter

  onUp(): void {
    this.#up = true;
  }

  /** @param at when Asterisk heard it: the same key in the same millisecond is the same event, told twice */
  onDigit(digit: string, at: string, ms: number): void {
    if (!DIGITS.test(digit) || this.#lastDigit === digit + at) return;
    this.#lastDigit = digit + at;
    this.#keys.heard({ digit, at: Date.parse(at), ms });
  }

  /** @param at when Asterisk was asked for it; false when it is the same event, told twice */
  onTransfer(at: string): boolean {
    const fresh = at !== this.#lastTransfer;
    this.#lastTransfer = at;
    return fresh;
  }

  onPlayback(snapshot: PlaybackSnapshot): void {
    const playing = this.#playing;
    if (playing?.id !== snapshot.id) return;
    playing.over = true;
    if (snapshot.state === 'failed') {
      this.#ledger.end(this.parts.clock.monotonic());
      // A call that is hung up fails what it was playing, just before its last event. Anything else is a fault.
      this.parts.clock.after(LAST_EVENT_MS, () => {
        playing.done.reject(new Error('Asterisk could not play the sound'));
      });
    } else if (snapshot.state === 'done') {
      this.#ledger.finish();
      playing.done.resolve('finished');
    }
  }

  /** We hang up because nobody answered within the ring time: how it ended is for the far end to say. */
  get rangOut(): boolean {
    return this.#rangOut;
  }

  onRecording(snapshot: RecordingSnapshot): void {
    if (this.#recording?.name === snapshot.name) this.#recording.done.resolve(snapshot);
  }

  /** Nobody is at the far end any more, though nobody hung up: the call is ended, as lost. */
  lineDied(): Promise<void> {
    this.#endsAs = { by: 'lost', fault: LINE_DEAD, lineDead: true };
    return this.hangUp();
  }

  /** Nobody answered within the ring time. */
  endRinging(): Promise<void> {
    this.#rangOut = true;
    return this.hangUp();
  }

  onEnd(end: CallEnd): void {
    if (this.#ended.settled) return;
    this.#ledger.end(this.parts.clock.monotonic());
    const rangOut = this.#rangOut && end.by === 'us' ? ({ by: 'them', rangOut: true } as const) : undefined;
    this.#ended.resolve(this.#endsAs ?? rangOut ?? end);
    this.#abort.abort(new HungUp(this.id));
    this.#keys.close();
  }

  // ------------------------------------------------------------------

  #pressed(digit: Digit): void {
    if (this.over) return;
    const taker = this.#digitTaker;
    if (taker && !taker.settled) taker.resolve(digit);
    else this.#digits.push(digit);
  }

  /** Undefined when Asterisk does not say: it is away, or the call is over. */
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

  #check(): void {
    if (this.signal.aborted) throw this.signal.reason as HungUp;
  }

  /**
   * An order about this call. When the call is gone it waits for the last event and throws HungUp. When the link was lost
   * under it, it waits for the link and orders again, unless `isDone` says that the first order was carried out.
   */
  async #ask(
    method: 'POST' | 'DELETE',
    path: string,
    query: Record<string, string | number | boolean> = {},
    isDone: () => Promise<boolean> = () => Promise.resolve(false),
  ): Promise<void> {
    for (let tried = 1; ; tried++) {
      try {
        if (tried > 1 && (await isDone())) return;
        await this.parts.link.request(method, path, query);
        return;
      } catch (error) {
        if (error instanceof AriError && error.gone) await this.#awaitLastEvent();
        this.#check();
        if (!(error instanceof AriError && error.unanswered) || tried === TRIES) throw error;
        await orAborted(this.parts.link.whenUp(), this.signal);
      }
    }
  }

  async #isPlaying(playing: Playing): Promise<boolean> {
    try {
      await this.parts.link.request('GET', `playbacks/${playing.id}`);
      return true;
    } catch (error) {
      if (error instanceof AriError && error.gone) return playing.over;
      throw error;
    }
  }

  /** The event that says so may be lost: after the time that the sounds take, Asterisk is asked. */
  #expectEnd(playing: Playing, afterMs: number): void {
    const cancel = this.parts.clock.after(afterMs, () => {
      this.#isPlaying(playing).then(
        (goesOn) => {
          if (goesOn) this.#expectEnd(playing, LATE_MS);
          else this.onPlayback({ id: playing.id, state: 'done', target_uri: '' });
        },
        // Asterisk is away; asked again until it is back, or the call is found to be over.
        () => {
          this.#expectEnd(playing, LATE_MS);
        },
      );
    });
    void playing.done.promise.then(cancel, cancel);
  }

  #lengthOf(sounds: readonly Sound[]): number {
    return sounds.reduce((ms, sound) => ms + this.parts.shelf.msOf(sound), 0);
  }

  #playbackId(count: number): string {
    return `${this.id}-p${count % PLAYBACK_IDS}`;
  }

  /** Whether there was one to stop. */
  async #deletePlayback(id: string): Promise<boolean> {
    try {
      await this.parts.link.request('DELETE', `playbacks/${id}`);
      return true;
    } catch (error) {
      if (!(error instanceof AriError)) throw error;
      return !error.gone;
    }
  }

  #expectRecording(name: string): Deferred<RecordingSnapshot> {
    const done = deferred<RecordingSnapshot>();
    this.#recording = { name, done };
    return done;
  }

  /** Ends a recording after the pause or the limit; resolves with its end, undefined when the call took that with it. */
  async #recordingOver(
    { name, maxMs, maxSilenceMs }: RecordOptions,
    done: Deferred<RecordingSnapshot>,
  ): Promise<RecordingSnapshot | undefined> {
    const stop = (): void => void this.#stopRecording(name);
    const cancelLimit = this.parts.clock.after(maxMs, stop);
    const stopWatch = maxSilenceMs === 0 ? undefined : this.#watchPauses(maxSilenceMs, stop);
    // Hanging up ends a recording: it still finishes, and what was said is kept.
    const snapshot = await Promise.race([
      done.promise,
      this.ended.then(() => this.#after(LAST_EVENT_MS)).then(() => undefined),
    ]);
    cancelLimit();
    stopWatch?.();
    this.#recording = undefined;
    return snapshot;
  }

  #watchPauses(pauseMs: number, onPause: () => void): () => void {
    const { link, clock } = this.parts;
    return watchPauses({ link, clock, callId: this.id, pauseMs, onPause });
  }

  /** The recording finishes, and what was said is kept; asked for again while Asterisk is away. */
  async #stopRecording(name: string): Promise<void> {
    for (let tried = 1; tried <= TRIES && !this.over; tried++) {
      try {
        await this.parts.link.request('POST', `recordings/live/${name}/stop`);
        return;
      } catch (error) {
        if (!(error instanceof AriError)) throw error;
        if (!error.unanswered) {
          // It has ended by itself: the event that said so is late, or was lost with the link.
          if (error.gone) await this.#after(LAST_EVENT_MS);
          if (error.gone) this.onRecording({ name, state: 'done', target_uri: '' });
          return;
        }
        await Promise.race([this.parts.link.whenUp(), this.ended]);
      }
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
    void this.#deletePlayback(playing.id);
  }

  #after(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.parts.clock.after(ms, resolve);
    });
  }
}
