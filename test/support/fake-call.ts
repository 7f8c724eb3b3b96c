import { deferred, type Deferred } from '../../src/lib/deferred.js';
import { orAborted } from '../../src/lib/abort.js';
import type { PromptName, Sound } from '../../src/domain/messages.js';
import {
  HungUp,
  type Call,
  type CallEnd,
  type CallId,
  type Digit,
  type HeardAmount,
  type Recorded,
  type RecordOptions,
} from '../../src/ports/call.js';
import type { FakeClock } from './fake-clock.js';
import type { FarEnd } from './far-end.js';

/** A sound played to the far end. Times in monotonic ms; `to` is absent while the sound plays. */
export interface Played {
  readonly sound: Sound;
  readonly from: number;
  to?: number;
}

interface Playing {
  readonly done: Deferred<'finished' | 'stopped'>;
  cancel: () => void;
}

export interface FakeCallParts {
  readonly clock: FakeClock;
  readonly msOf: (sound: Sound) => number;
  readonly farEnd: FarEnd;
  readonly onStep?: (callId: CallId, step: string) => void;
  readonly onRecorded?: (recorded: Recorded) => void;
  /**
   * A recording of this name that an earlier process began: its length so far, and whether it is still
   * running.
   */
  readonly earlierRecording?: (name: string) => { readonly ms: number; readonly running: boolean } | undefined;
}

/** Returns a call that this far end has just answered. */
export function answeredCall(clock: FakeClock, farEnd: FarEnd = {}): FakeCall {
  const call = new FakeCall('call-1', { clock, msOf: lengthOf, farEnd });
  call.onAnswer();
  return call;
}

/** Round trip of a hang-up. */
const HANG_UP_MS = 5;

const LENGTHS: Partial<Record<PromptName, number>> = {
  'silence-short': 250,
  silence: 1_000,
  'silence-4': 4_000,
  'silence-5': 5_000,
  beep: 400,
  hold: 6_000,
  ringing: 5_000,
};

/** Length of a sound in ms: by LENGTHS, 3 s for other prompts, 8 s for every message. */
export function lengthOf(sound: Sound): number {
  if (sound.type === 'recorded') return sound.ms;
  return sound.type === 'rendered' ? 8_000 : (LENGTHS[sound.name] ?? 3_000);
}

/** The name of a prompt (`alert-prompt`), the id of a rendered sound, or the file of a recorded one. */
export function nameOf(sound: Sound): string {
  if (sound.type === 'prompt') return sound.name;
  return sound.type === 'rendered' ? sound.soundId : sound.file;
}

/** A call on the fake clock, with a scripted far end. */
export class FakeCall implements Call {
  /** All sounds that the far end heard, in order. */
  readonly played: Played[] = [];
  readonly steps: string[] = [];
  readonly recordings: Recorded[] = [];
  /** The running recording, and its start in monotonic ms. */
  recording: { readonly name: string; readonly from: number } | undefined;
  answeredAt: number | undefined;
  endedAt: number | undefined;
  readonly #abort = new AbortController();
  readonly #ended = deferred<CallEnd>();
  readonly #cancels: (() => void)[] = [];
  #hangingUp = false;
  #playing: Playing | undefined;
  #kept: Digit[] = [];
  #taker: Deferred<Digit | undefined> | undefined;
  #recording: ((why: 'key' | 'end') => void) | undefined;

  constructor(
    readonly id: CallId,
    private readonly parts: FakeCallParts,
  ) {}

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get ended(): Promise<CallEnd> {
    return this.#ended.promise;
  }

  /** The sounds that the far end heard, without silences: `alert-prompt alert-prompt message-1 thanks`. */
  get heardWords(): string {
    return this.played
      .map(({ sound }) => nameOf(sound))
      .filter((name) => !name.startsWith('silence'))
      .join(' ');
  }

  /** The same sounds with their times, in ms from the answer: `alert-prompt 0-3000`. */
  get timeline(): string[] {
    const start = this.answeredAt ?? 0;
    return this.played
      .filter(({ sound }) => !nameOf(sound).startsWith('silence'))
      .map(({ sound, from, to }) => `${nameOf(sound)} ${from - start}-${to === undefined ? '' : to - start}`);
  }

  answer(): Promise<void> {
    return this.#whileUp(() => {
      if (this.answeredAt === undefined) this.onAnswer();
      return Promise.resolve();
    });
  }

  play(sounds: readonly Sound[], options: { signal?: AbortSignal } = {}): Promise<'finished' | 'stopped'> {
    return this.#whileUp(async () => {
      if (options.signal?.aborted) return 'stopped';
      const done = deferred<'finished' | 'stopped'>();
      const playing: Playing = { done, cancel: () => undefined };
      this.#stop();
      this.#playing = playing;
      this.#playNext([...sounds], playing);
      const stop = (): void => {
        this.#stop();
      };
      options.signal?.addEventListener('abort', stop, { once: true });
      try {
        return await orAborted(done.promise, this.signal);
      } finally {
        options.signal?.removeEventListener('abort', stop);
      }
    });
  }

  digit(options: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<Digit | undefined> {
    return this.#whileUp(async () => {
      const kept = this.#kept.shift();
      if (kept !== undefined || options.signal?.aborted) return kept;
      this.#taker?.resolve(undefined);
      const taker = deferred<Digit | undefined>();
      this.#taker = taker;
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
        if (this.#taker === taker) this.#taker = undefined;
      }
    });
  }

  forgetDigits(): void {
    this.#kept = [];
  }

  record(options: RecordOptions): Promise<Recorded> {
    return this.#whileUp(async () => {
      const recorded = this.#file(options.name, await this.#recorded(options));
      this.recordings.push(recorded);
      this.parts.onRecorded?.(recorded);
      return recorded;
    });
  }

  recordOn(options: RecordOptions): Promise<Recorded | undefined> {
    return this.#whileUp(async () => {
      const earlier = this.parts.earlierRecording?.(options.name);
      if (!earlier) return undefined;
      return this.#file(options.name, earlier.ms + (earlier.running ? await this.#recorded(options) : 0));
    });
  }

  #file(name: string, ms: number): Recorded {
    return { name, file: `/recordings/${name}.wav`, ms };
  }

  /** Waits for the end of the recording. Resolves with its length in ms. */
  async #recorded(options: RecordOptions): Promise<number> {
    const { clock, farEnd } = this.parts;
    const from = clock.monotonic();
    this.recording = { name: options.name, from };
    const over = deferred<undefined>();
    const silentAfter = options.maxSilenceMs === 0 ? Infinity : (farEnd.speaksMs ?? 0) + options.maxSilenceMs;
    const cancel = clock.after(Math.min(options.maxMs, silentAfter), () => {
      over.resolve(undefined);
    });
    this.#recording = (why) => {
      if (why === 'end' || options.endOn === '#') over.resolve(undefined);
    };
    await over.promise;
    cancel();
    this.#recording = undefined;
    this.recording = undefined;
    return clock.monotonic() - from;
  }

  heard(sound: Sound): HeardAmount {
    const plays = this.played.filter((one) => nameOf(one.sound) === nameOf(sound));
    const now = this.parts.clock.monotonic();
    return { plays: plays.length, ms: plays.reduce((ms, { from, to = now }) => ms + to - from, 0) };
  }

  step(name: string): void {
    this.steps.push(name);
    this.parts.onStep?.(this.id, name);
  }

  async hangUp(): Promise<void> {
    if (!this.#ended.settled && !this.#hangingUp) {
      this.#hangingUp = true;
      this.parts.clock.after(HANG_UP_MS, () => {
        this.onEnd({ by: 'us', cause: 16 });
      });
    }
    await this.ended;
  }

  /**
   * Lets the process die without a hang-up. A recording goes on. Returns that recording, and the far end with
   * the rest of its script.
   */
  orphan(): {
    readonly recording: { readonly name: string; readonly ms: number } | undefined;
    readonly farEnd: FarEnd;
  } {
    const { clock, farEnd } = this.parts;
    for (const cancel of this.#cancels) cancel();
    this.#silence();
    const now = clock.monotonic();
    const { hangsUpAtMs } = farEnd;
    const passed = now - (this.answeredAt ?? now);
    return {
      recording: this.recording && { name: this.recording.name, ms: now - this.recording.from },
      farEnd: hangsUpAtMs === undefined ? {} : { hangsUpAtMs: hangsUpAtMs - passed },
    };
  }

  // ------------------------------------------------------------------ events of the far end

  /** Calls `act` after `ms`, unless the call is over by then. */
  later(ms: number, act: () => void): void {
    this.#cancels.push(this.parts.clock.after(ms, act));
  }

  onAnswer(): void {
    const { clock, farEnd } = this.parts;
    this.answeredAt = clock.monotonic();
    for (const { digit, atMs } of farEnd.presses ?? []) {
      this.later(atMs, () => {
        this.onDigit(digit);
      });
    }
    if (farEnd.hangsUpAtMs !== undefined) {
      this.later(farEnd.hangsUpAtMs, () => {
        this.onEnd({ by: 'them', cause: 16 });
      });
    }
    if (farEnd.lineDiesAtMs !== undefined) {
      this.later(farEnd.lineDiesAtMs, () => {
        this.onEnd({ by: 'lost', fault: 'the far end stopped answering', lineDead: true, sipStatus: 408 });
      });
    }
    if (farEnd.isLostAtMs !== undefined) {
      this.later(farEnd.isLostAtMs, () => {
        this.onEnd({ by: 'lost', fault: 'the telephony was lost' });
      });
    }
  }

  onDigit(digit: Digit): void {
    if (digit === '#' && this.#recording) this.#recording('key');
    else if (this.#taker && !this.#taker.settled) this.#taker.resolve(digit);
    else this.#kept.push(digit);
  }

  onEnd(end: CallEnd): void {
    if (this.#ended.settled) return;
    this.endedAt = this.parts.clock.monotonic();
    for (const cancel of this.#cancels) cancel();
    this.#silence();
    this.#recording?.('end');
    this.#ended.resolve(end);
    this.#abort.abort(new HungUp(this.id));
  }

  // ------------------------------------------------------------------

  #playNext(sounds: Sound[], playing: Playing): void {
    const sound = sounds.shift();
    if (!sound) {
      this.#playing = undefined;
      playing.done.resolve('finished');
      return;
    }
    const played: Played = { sound, from: this.parts.clock.monotonic() };
    this.played.push(played);
    playing.cancel = this.parts.clock.after(this.parts.msOf(sound), () => {
      played.to = this.parts.clock.monotonic();
      this.#playNext(sounds, playing);
    });
  }

  /** Stops the playing sound; `play` resolves with `stopped`. */
  #stop(): void {
    this.#silence()?.done.resolve('stopped');
  }

  /** Stops the playing sound without resolving its `play`. */
  #silence(): Playing | undefined {
    const playing = this.#playing;
    if (!playing) return undefined;
    this.#playing = undefined;
    playing.cancel();
    const last = this.played.at(-1);
    if (last) last.to ??= this.parts.clock.monotonic();
    return playing;
  }

  async #whileUp<T>(work: () => Promise<T>): Promise<T> {
    if (this.signal.aborted) throw this.signal.reason as HungUp;
    return work();
  }
}
