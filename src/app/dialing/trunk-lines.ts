import { pace, startsASecond, type PacingDecision, type PacingLimits } from '../../domain/pacing.js';
import type { E164 } from '../../domain/phone-number.js';
import { Emitter } from '../../lib/emitter.js';
import { createHold, type Hold } from '../../lib/held.js';
import { Telephones } from './telephones.js';

/** Holds a line, and the telephone at the far end if that is known, until it is released. */
export type Lease = Hold;

/** The start time of a call that is not the dialer's. */
export interface StartSlot {
  /** Monotonic ms; now or later. */
  readonly at: number;
  /** To be called with the time at which the call did start, monotonic ms. */
  started(time: number): void;
}

/**
 * Counts the lines of the trunk. Every call on the trunk holds a lease, of one of three kinds:
 *
 *   outbound   calls of the dialer, which leave the tip lines free
 *   inbound    callers to the tip line
 *   callback   calls to callers who are called back: on the same lines as callers, ahead of the dialer
 */
export class TrunkLines {
  /** The telephones at the far ends. */
  readonly telephones = new Telephones();
  #outbound = 0;
  #inbound = 0;
  #callbacks = 0;
  #nextSlotAt = 0;
  #waited = false;
  /** When the latest calls started, as many as can start in one second; `#starts` counts every call. */
  readonly #startedAt: number[] = [];
  #starts = 0;
  readonly #freed = new Emitter<undefined>();

  constructor(readonly limits: PacingLimits) {}

  get outbound(): number {
    return this.#outbound;
  }

  get inbound(): number {
    return this.#inbound;
  }

  get callbacks(): number {
    return this.#callbacks;
  }

  /** Calls for a tip: callers to the tip line, and callbacks to them. */
  get tipCalls(): number {
    return this.#inbound + this.#callbacks;
  }

  /** Lines in use, whatever the direction of the call. */
  get inUse(): number {
    return this.#outbound + this.tipCalls;
  }

  /**
   * Takes a line and a start slot for one more outbound call at `now`, monotonic ms; otherwise returns what
   * to wait for. `limits` are those of the operator, if they are tighter now; `phone` is the telephone to
   * call.
   */
  tryOutbound(
    now: number,
    limits = this.limits,
    phone?: E164,
  ): { readonly lease: Lease } | Exclude<PacingDecision, { type: 'start' }> {
    const secondAgo = this.#startOf(this.#starts - startsASecond(limits.cps));
    const [outbound, tipCalls, nextSlotAt, waited] = [this.#outbound, this.tipCalls, this.#nextSlotAt, this.#waited];
    const decision = pace(limits, { outbound, tipCalls, nextSlotAt, secondAgo, waited }, now);
    this.#waited = decision.type === 'start' ? decision.waited : decision.type === 'wait';
    if (decision.type !== 'start') return decision;
    this.#nextSlotAt = decision.nextSlotAt;
    this.#startedAt[this.#starts++ % this.#kept] = now;
    this.#outbound++;
    return { lease: this.#lease(phone, () => this.#outbound--) };
  }

  /** Whether the trunk has at most as many calls as lines. */
  get withinLimit(): boolean {
    return this.inUse <= this.limits.lines;
  }

  /**
   * Takes the next start slot for a call that is not the dialer's, so that all calls together stay within the
   * CPS. The line is taken separately, with `takeForCallback`. Undefined when the slot is later than
   * `latest`. Times are monotonic ms.
   */
  bookSlot(now: number, latest: number): StartSlot | undefined {
    const rank = this.#starts;
    const secondAgo = this.#startOf(rank - this.#kept);
    const state = { outbound: 0, tipCalls: 0, nextSlotAt: this.#nextSlotAt, secondAgo, waited: false };
    const limits = { lines: 1, tipLines: 0, cps: this.limits.cps };
    const first = pace(limits, state, now);
    const at = first.type === 'wait' ? first.until : now;
    const booked = first.type === 'start' ? first : pace(limits, state, at);
    if (at > latest || booked.type !== 'start') return undefined;
    this.#nextSlotAt = booked.nextSlotAt;
    this.#startedAt[this.#starts++ % this.#kept] = at;
    return {
      at,
      started: (time) => {
        // The call started later than its slot, so the second after it counts from then. If a whole second's
        // worth of calls has started since, its entry is gone.
        if (this.#starts - rank <= this.#kept) this.#startedAt[rank % this.#kept] = Math.max(at, time);
      },
    };
  }

  /** There is nobody to call, or no means to call, so start slots that pass meanwhile are not made up. */
  idle(): void {
    this.#waited = false;
  }

  /**
   * Takes the line of a caller to the tip line, even when all lines are in use, because the operator gave the
   * caller that line.
   */
  takeInbound(phone?: E164): Lease {
    this.#inbound++;
    return this.#lease(phone, () => this.#inbound--);
  }

  /**
   * Takes the line of a callback, even when all lines are in use. The call must then wait until the calls fit
   * the lines (`withinLimit`). The dialer does not take a line that comes free meanwhile.
   */
  takeForCallback(phone: E164): Lease {
    this.#callbacks++;
    return this.#lease(phone, () => this.#callbacks--);
  }

  /** Takes a line for a live call that an earlier process made: the call already holds that line. */
  takeOutbound(phone?: E164): Lease {
    this.#outbound++;
    return this.#lease(phone, () => this.#outbound--);
  }

  /** Calls the listener whenever a line is given back. */
  onFreed(listener: () => void): () => void {
    return this.#freed.on(listener);
  }

  /** When the call of this rank started; -Infinity for a call that is not kept. */
  #startOf(rank: number): number {
    return rank < 0 ? -Infinity : (this.#startedAt[rank % this.#kept] ?? -Infinity);
  }

  get #kept(): number {
    return startsASecond(this.limits.cps);
  }

  #lease(phone: E164 | undefined, giveBack: () => void): Lease {
    const telephone = phone === undefined ? undefined : this.telephones.take(phone);
    return createHold(() => {
      giveBack();
      telephone?.release();
      this.#freed.emit(undefined);
    });
  }
}
