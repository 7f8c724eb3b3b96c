import { deferred, type Deferred } from '../../../lib/deferred.js';
import type { Recorded, RecordOptions } from '../../../ports/call.js';
import { AriError } from '../ari/errors.js';
import type { RecordingSnapshot } from '../ari/events.js';
import { LAST_EVENT_MS, REQUEST_TRIES, type CallLeg } from './call-leg.js';
import { finishedRecording, isRecordingLive } from './conversation.js';
import { watchPauses } from './pause-watch.js';
import { flushToDisk } from './recording-files.js';

/** Records the far end of one call. */
export class Recording {
  #current: { readonly name: string; readonly done: Deferred<RecordingSnapshot> } | undefined;

  constructor(
    private readonly leg: CallLeg,
    /** Aborts when the call is over. */
    private readonly signal: AbortSignal,
    /** The folder in which Asterisk stores recordings, as the controller sees it. */
    private readonly folder: string,
  ) {}

  async record(options: RecordOptions): Promise<Recorded> {
    const done = this.#expect(options.name);
    const startedAt = this.leg.clock.monotonic();
    await this.leg.ask(this.signal, `channels/${this.leg.id}/record`, {
      name: options.name,
      format: 'wav',
      // No limit in Asterisk, because a step of the wall clock would cut a tip short.
      maxDurationSeconds: 0,
      maxSilenceSeconds: Math.ceil(options.maxSilenceMs / 1000),
      ifExists: 'fail',
      beep: false,
      terminateOn: options.endOn,
    });
    const snapshot = await this.#untilOver(options, done);
    if (snapshot?.state === 'failed') throw new Error(`recording failed: ${snapshot.cause ?? 'no reason given'}`);
    const file = this.#fileOf(options.name);
    await flushToDisk(file);
    return {
      name: options.name,
      file,
      ms: snapshot?.duration === undefined ? this.leg.clock.monotonic() - startedAt : snapshot.duration * 1000,
    };
  }

  /** Goes on with a recording that the earlier process started; undefined when there is none of this name. */
  async goOn(options: RecordOptions): Promise<Recorded | undefined> {
    const { link, clock } = this.leg;
    // The recording may end while Asterisk is asked about it.
    const done = this.#expect(options.name);
    const live = await isRecordingLive(link, options.name);
    const snapshot = live ? await this.#untilOver(options, done) : undefined;
    const recorded = await finishedRecording({ link, clock, recordingsFolder: this.folder }, options.name);
    if (recorded || snapshot?.duration === undefined) return recorded;
    // Asterisk runs on another machine, and the file is there.
    return { name: options.name, file: this.#fileOf(options.name), ms: snapshot.duration * 1000 };
  }

  /** Called when Asterisk reports the end of a recording. */
  onFinished(snapshot: RecordingSnapshot): void {
    if (this.#current?.name === snapshot.name) this.#current.done.resolve(snapshot);
  }

  #expect(name: string): Deferred<RecordingSnapshot> {
    const done = deferred<RecordingSnapshot>();
    this.#current = { name, done };
    return done;
  }

  /**
   * Ends the recording after the pause or the limit. Resolves with the end of the recording as Asterisk
   * reported it; with undefined when the call ended and Asterisk did not report that end.
   */
  async #untilOver(
    { name, maxMs, maxSilenceMs }: RecordOptions,
    done: Deferred<RecordingSnapshot>,
  ): Promise<RecordingSnapshot | undefined> {
    const { id: callId, link, clock, ended } = this.leg;
    const stop = (): void => void this.#stop(name);
    const cancelLimit = clock.after(maxMs, stop);
    const stopWatch =
      maxSilenceMs === 0 ? undefined : watchPauses({ link, clock, callId, pauseMs: maxSilenceMs, onPause: stop });
    // A hang-up ends a recording too. Asterisk still finishes the file and reports its end.
    const snapshot = await Promise.race([
      done.promise,
      ended.then(() => this.leg.after(LAST_EVENT_MS)).then(() => undefined),
    ]);
    cancelLimit();
    stopWatch?.();
    this.#current = undefined;
    return snapshot;
  }

  /** Stops the recording and keeps it. The request is sent again when Asterisk does not answer. */
  async #stop(name: string): Promise<void> {
    for (let tried = 1; tried <= REQUEST_TRIES && !this.leg.over; tried++) {
      try {
        await this.leg.link.request('POST', `recordings/live/${name}/stop`);
        return;
      } catch (error) {
        if (!(error instanceof AriError)) throw error;
        if (!error.unanswered) {
          // The recording ended by itself. The event that reports it is late, or was lost with the link.
          if (!error.gone) return;
          await this.leg.after(LAST_EVENT_MS);
          this.onFinished({ name, state: 'done', target_uri: '' });
          return;
        }
        await Promise.race([this.leg.link.whenUp(), this.leg.ended]);
      }
    }
  }

  #fileOf(name: string): string {
    return `${this.folder}/${name}.wav`;
  }
}
