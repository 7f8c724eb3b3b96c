import { confirmedAt, type StepAt } from '../../../domain/alert-script.js';
import { deferred } from '../../../lib/deferred.js';
import type { CallEnd, CallId } from '../../../ports/call.js';
import type { Clock } from '../../../ports/clock.js';
import type { AlertCall, AlertCallResult } from '../../../ports/telephony.js';
import type { AriLink } from '../ari/ari-link.js';
import { timeInCall } from './call-time.js';
import { AriError } from '../ari/errors.js';

/** When Asterisk says that a call is gone, its last event comes within this; else it was lost. */
const LAST_EVENT_MS = 2_000;
/**
 * Asterisk gives up ringing after thirty days on the wall clock. Only a clock put forward by more brings that before our own
 * limit, and by more than the time that an event takes.
 */
const RING_TOLERANCE_MS = 2_000;
/** What is told has an end; a message that was changed meanwhile may take so much longer. Later the call is stuck. */
const STUCK_MS = 12 * 60_000;

/** How long a call may take; ms. */
export interface AlertCallLimits {
  readonly ringMs: number;
  /** Ringing included. */
  readonly maxMs: number;
}

/**
 * A call that Asterisk conducts by itself (asterisk-config/alert.conf). What it tells is taken as
 * it comes: each thing is passed on once, whatever was told twice, late or not at all.
 */
export class AsteriskAlertCall implements AlertCall {
  readonly #ended = deferred<AlertCallResult>();
  readonly #taken = deferred<void>();
  #over = false;
  readonly #listeners = {
    rang: new Once<[]>(),
    answered: new Once<[]>(),
    confirmed: new Once<[number, string]>(),
  };
  #steps: readonly StepAt[] = [];
  #soundId: string | undefined;
  #answeredAt: number | undefined;
  hungUpByUs = false;
  #ordered = false;
  #rangOut = false;
  #stuck = false;
  /** Monotonic ms; undefined for a call that an earlier process ordered. */
  #orderedAt: number | undefined;
  /** The answer by the monotonic clock. */
  #answeredMonotonic = 0;
  #cancelRinging = (): void => undefined;
  readonly #cancelLimit: () => void;

  constructor(
    readonly id: CallId,
    readonly link: AriLink,
    private readonly clock: Clock,
    private readonly limits: AlertCallLimits,
  ) {
    this.#cancelLimit = clock.after(limits.maxMs + STUCK_MS, () => {
      this.#stuck = true;
      this.cancel();
    });
  }

  get over(): boolean {
    return this.#over;
  }

  get taken(): Promise<void> {
    return this.#taken.promise;
  }

  /** Asterisk has taken the order: from now on its list says whether the call is there. */
  get ordered(): boolean {
    return this.#ordered;
  }

  get ended(): Promise<AlertCallResult> {
    return this.#ended.promise;
  }

  get answered(): boolean {
    return this.#listeners.answered.told;
  }

  onRinging(listener: () => void): void {
    this.#listeners.rang.on(listener);
  }

  onAnswered(listener: () => void): void {
    this.#listeners.answered.on(listener);
  }

  onConfirmed(listener: (at: number, soundId: string) => void): void {
    this.#listeners.confirmed.on(listener);
  }

  /** We hang up because it rang too long: how it ended is for the far end to say. */
  get rangOut(): boolean {
    return this.#rangOut;
  }

  cancel(): void {
    this.hungUpByUs = true;
    void this.sendHangUp();
  }

  /** Not answered: it is sent again when the call is found to be there still (`Reconciler`). */
  async sendHangUp(): Promise<void> {
    if (this.#over) return;
    try {
      await this.link.request('DELETE', `channels/${this.id}`);
    } catch (error) {
      if (!(error instanceof AriError)) throw error;
      // It was over before we gave the ringing up, and its end was lost: the reconciler asks Asterisk how it ended.
      if (!error.gone || this.#rangOut) return;
      this.clock.after(LAST_EVENT_MS, () => {
        this.onEnd({ by: 'us', fault: 'the end of the call was not reported' });
      });
    }
  }

  // ------------------------------------------------------------------ told by the telephony adapter

  wasTaken(): void {
    this.#orderedAt ??= this.clock.monotonic();
    this.wasThere();
  }

  /** An earlier process ordered it: how long it has rung is not known. */
  wasThere(): void {
    if (!this.#ordered && !this.#over && !this.answered)
      this.#cancelRinging = this.clock.after(this.limits.ringMs, () => {
        this.#rangOut = true;
        this.cancel();
      });
    this.#ordered = true;
    this.#taken.resolve();
  }

  rang(): void {
    this.#listeners.rang.tell();
  }

  /** @param at ms UTC; now when left out */
  wasAnswered(at = this.clock.now()): void {
    if (this.answered) return;
    this.#cancelRinging();
    this.#answeredAt = at;
    this.#answeredMonotonic = this.clock.monotonic() - Math.max(0, this.clock.now() - at);
    this.#listeners.answered.tell();
  }

  /** What the dialplan has told so far; older news than what is known is left aside. */
  applyProgress({ steps, soundId }: { readonly steps: readonly StepAt[]; readonly soundId: string | undefined }): void {
    if (steps.length <= this.#steps.length) return;
    this.#soundId = soundId;
    this.wasAnswered(steps[0]?.at);
    for (const { step, at } of steps.slice(this.#steps.length))
      this.#steps = [...this.#steps, { step, at: this.#timeOf(at) }];
    const at = confirmedAt(this.#steps);
    if (at !== undefined && soundId !== undefined) this.#listeners.confirmed.tell(at, soundId);
  }

  /** @param at ms UTC; now when left out */
  onEnd(told: CallEnd, at = this.clock.now()): void {
    if (this.#over) return;
    const end = this.#judged(told);
    this.#over = true;
    this.#cancelRinging();
    this.#cancelLimit();
    this.#taken.resolve();
    this.#ended.resolve({
      ...end,
      answered: this.answered,
      steps: this.#answeredAt === undefined ? [] : [{ step: 'prompt', at: this.#answeredAt }, ...this.#steps],
      soundId: this.#soundId,
      at: this.#timeOf(at),
    });
  }

  /** What only the monotonic clock knows of an end. */
  #judged(end: CallEnd): CallEnd {
    if (this.#stuck) return { ...end, by: 'lost', fault: 'the longest time of the call was over before its end' };
    if (this.answered) return end;
    // Its end may have been lost, and be told only after we gave the ringing up: then the far end's own answer counts.
    if (this.#rangOut) return end.by === 'us' || end.sipStatus === 487 ? endOfOurs(end) : end;
    const rang = this.#orderedAt === undefined ? Infinity : this.clock.monotonic() - this.#orderedAt;
    if (end.rangOut && rang < this.limits.ringMs - RING_TOLERANCE_MS)
      return { by: 'lost', fault: 'the ringing was given up too soon: was the clock put forward?' };
    return end;
  }

  #timeOf(at: number): number {
    if (this.#answeredAt === undefined) return at;
    return timeInCall(at, {
      last: this.#steps.at(-1)?.at ?? this.#answeredAt,
      now: this.#answeredAt + this.clock.monotonic() - this.#answeredMonotonic,
      wall: this.clock.now(),
    });
  }
}

/** Something that happens once: who listens later hears of it too. */
class Once<Facts extends readonly unknown[]> {
  #facts: Facts | undefined;
  #listeners: ((...facts: Facts) => void)[] = [];

  get told(): boolean {
    return this.#facts !== undefined;
  }

  on(listener: (...facts: Facts) => void): void {
    if (this.#facts) listener(...this.#facts);
    else this.#listeners.push(listener);
  }

  /** False when it had happened before. */
  tell(...facts: Facts): boolean {
    if (this.#facts) return false;
    this.#facts = facts;
    for (const listener of this.#listeners.splice(0)) listener(...facts);
    return true;
  }
}

/** Nobody answered, unless the far end said something else than that we cancelled (487, RFC 3261 9.2). */
const endOfOurs = ({ sipStatus, ...end }: CallEnd): CallEnd =>
  sipStatus !== undefined && sipStatus >= 300 && sipStatus !== 487
    ? { ...end, by: 'them', sipStatus }
    : { by: 'them', rangOut: true };
