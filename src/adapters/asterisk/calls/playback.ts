import { orAborted } from '../../../lib/abort.js';
import { deferred, type Deferred } from '../../../lib/deferred.js';
import type { Sound } from '../../../domain/messages.js';
import type { HeardAmount } from '../../../ports/call.js';
import type { SoundFiles } from '../../../ports/speech.js';
import { AriError } from '../ari/errors.js';
import type { PlaybackSnapshot } from '../ari/events.js';
import { LAST_EVENT_MS, type CallLeg } from './call-leg.js';
import { PlaybackMeter } from './playback-meter.js';

/** Playback ids repeat in a cycle, so that after a restart the new controller can stop an old playback. */
const PLAYBACK_IDS = 4;
/** Asterisk is asked about a playback when its end is this late. */
const LATE_MS = 2_000;

interface Playing {
  readonly id: string;
  readonly done: Deferred<'finished' | 'stopped'>;
  /** Asterisk has reported the end of the playback. */
  over: boolean;
}

/** Plays sounds in one call, and measures how much of each the far end has heard. */
export class Playback {
  readonly #meter: PlaybackMeter;
  #count = 0;
  #playing: Playing | undefined;
  /** Resolves when the playbacks of the earlier process are stopped. */
  #oldStopped: Promise<void> | undefined;

  constructor(
    private readonly leg: CallLeg,
    /** Aborts when the call is over. */
    private readonly signal: AbortSignal,
    private readonly soundFiles: SoundFiles,
  ) {
    this.#meter = new PlaybackMeter((sound) => soundFiles.msOf(sound));
  }

  async play(sounds: readonly Sound[], stopSignal: AbortSignal | undefined): Promise<'finished' | 'stopped'> {
    this.signal.throwIfAborted();
    if (this.#oldStopped) await this.#oldStopped;
    this.signal.throwIfAborted();
    if (stopSignal?.aborted) return 'stopped';
    const playing: Playing = { id: this.#idOf(this.#count++), done: deferred(), over: false };
    this.#playing = playing;
    const stop = (): void => {
      this.#stop(playing);
    };
    stopSignal?.addEventListener('abort', stop, { once: true });
    try {
      const media = sounds.map((sound) => `sound:${this.soundFiles.pathOf(sound)}`).join(',');
      const lengthMs = this.#lengthOf(sounds);
      const path = `channels/${this.leg.id}/play/${playing.id}`;
      await this.leg.ask(this.signal, path, { media }, () => this.#exists(playing));
      if (!playing.over && !playing.done.settled) this.#meter.begin(sounds, this.leg.clock.monotonic());
      this.#expectEnd(playing, lengthMs + LATE_MS);
      return await orAborted(playing.done.promise, this.signal);
    } finally {
      playing.done.resolve('stopped');
      stopSignal?.removeEventListener('abort', stop);
      if (this.#playing === playing) this.#playing = undefined;
    }
  }

  /** How much of this sound the far end has heard. */
  heard(sound: Sound): HeardAmount {
    return this.#meter.of(sound, this.leg.clock.monotonic());
  }

  /** Stops the playbacks of the earlier process. The next `play` waits for that. */
  stopOld(): void {
    this.#oldStopped = this.#stopOld();
  }

  /** Called when Asterisk reports the end of a playback. */
  onFinished(snapshot: PlaybackSnapshot): void {
    const playing = this.#playing;
    if (playing?.id !== snapshot.id) return;
    playing.over = true;
    if (snapshot.state === 'failed') {
      this.#meter.end(this.leg.clock.monotonic());
      // A hang-up fails the playback just before the last event of the call. Any other failure is a fault.
      this.leg.clock.after(LAST_EVENT_MS, () => {
        playing.done.reject(new Error('Asterisk could not play the sound'));
      });
    } else if (snapshot.state === 'done') {
      this.#meter.finish();
      playing.done.resolve('finished');
    }
  }

  /** The call is over. */
  end(): void {
    this.#meter.end(this.leg.clock.monotonic());
  }

  #stop(playing: Playing): void {
    if (playing.done.settled) return;
    this.#meter.end(this.leg.clock.monotonic());
    playing.done.resolve('stopped');
    // Asterisk carries out requests in order, so the next playback begins after this one has stopped.
    void this.#delete(playing.id);
  }

  async #stopOld(): Promise<void> {
    const stopped = await Promise.all(
      Array.from({ length: PLAYBACK_IDS }, (_, count) => this.#delete(this.#idOf(count))),
    );
    // The end of a stopped playback is reported a moment later, so its id is not the next one used.
    this.#count = Math.max(0, stopped.indexOf(false));
  }

  /** Resolves with whether there was a playback of this id. */
  async #delete(id: string): Promise<boolean> {
    try {
      await this.leg.link.request('DELETE', `playbacks/${id}`);
      return true;
    } catch (error) {
      if (!(error instanceof AriError)) throw error;
      return !error.gone;
    }
  }

  async #exists(playing: Playing): Promise<boolean> {
    try {
      await this.leg.link.request('GET', `playbacks/${playing.id}`);
      return true;
    } catch (error) {
      if (error instanceof AriError && error.gone) return playing.over;
      throw error;
    }
  }

  /** The event that reports the end may be lost, so Asterisk is asked when the sounds must be over. */
  #expectEnd(playing: Playing, afterMs: number): void {
    const cancel = this.leg.clock.after(afterMs, () => {
      this.#exists(playing).then(
        (exists) => {
          if (exists) this.#expectEnd(playing, LATE_MS);
          else this.onFinished({ id: playing.id, state: 'done', target_uri: '' });
        },
        // Asterisk cannot be reached. It is asked until it answers, or until the call is over.
        () => {
          this.#expectEnd(playing, LATE_MS);
        },
      );
    });
    void playing.done.promise.then(cancel, cancel);
  }

  #lengthOf(sounds: readonly Sound[]): number {
    return sounds.reduce((ms, sound) => ms + this.soundFiles.msOf(sound), 0);
  }

  #idOf(count: number): string {
    return `${this.leg.id}-p${count % PLAYBACK_IDS}`;
  }
}
