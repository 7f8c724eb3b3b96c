import { pace, startsASecond, type PacingDecision, type PacingLimits } from '../../domain/pacing.js';
import type { E164 } from '../../domain/phone-number.js';
import { Emitter } from '../../lib/emitter.js';
import { heldUntil, type Held } from '../../lib/held.js';
import { Telephones } from './telephones.js';

/** A line that is in use, and the telephone at its other end where that is known. */
export type Lease = Held;

/** When a call may start that is not one of the dialer's. */
export interface StartSlot {
  /** Monotonic ms; now or later. */
  readonly at: number;
  /** Says when it did start, in monotonic ms. */
  started(time: number): void;
}

/** The one place that counts lines: every call on the trunk, out and in, holds a lease. */
export class TrunkLines {
  /** The telephones at the other ends. */
  readonly telephones = new Telephones();
  #outbound = 0;
  #inbound = 0;
  #nextSlotAt = 0;
  #waited = false;
  /** When the latest calls started, as many as may start in a second; `#starts` counts them all. */
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

  /**
   * Whether one more call may go out at the monotonic time `now`; when it may, its line and its slot are taken. `limits`
   * are what the operator allows now, where that is less; `phone` is the telephone that is called.
   */
  tryOutbound(
    now: number,
    limits = this.limits,
    phone?: E164,
  ): { readonly lease: Lease } | Exclude<PacingDecision, { type: 'start' }> {
    const secondAgo = this.#startOf(this.#starts - startsASecond(limits.cps));
    const [outbound, inbound, nextSlotAt, waited] = [this.#outbound, this.#inbound, this.#nextSlotAt, this.#waited];
    const decision = pace(limits, { outbound, inbound, nextSlotAt, secondAgo, waited }, now);
    this.#waited = decision.type === 'start' ? decision.waited : decision.type === 'wait';
    if (decision.type !== 'start') return decision;
    this.#nextSlotAt = decision.nextSlotAt;
    this.#startedAt[this.#starts++ % this.#kept] = now;
    this.#outbound++;
    return { lease: this.#lease(phone, () => this.#outbound--) };
  }

  /** Whether no more calls are on the trunk than it has lines. */
  get withinLimit(): boolean {
    return this.#outbound + this.#inbound <= this.limits.lines;
  }

  /**
   * Takes the next slot for a call that is not one of the dialer's, so that all together stay within the CPS; its line is
   * taken apart from it, with `takeInbound`. Undefined when that slot is later than `latest`. Monotonic ms.
   */
  bookSlot(now: number, latest: number): StartSlot | undefined {
    const rank = this.#starts;
    const secondAgo = this.#startOf(rank - this.#kept);
    const state = { outbound: 0, inbound: 0, nextSlotAt: this.#nextSlotAt, secondAgo, waited: false };
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
        // Later than it might have been: the second after it counts from then. Unless as many have started since.
        if (this.#starts - rank <= this.#kept) this.#startedAt[rank % this.#kept] = Math.max(at, time);
      },
    };
  }

  /** There is nobody to call, or nothing to call with: no slot is missed by it, and none made up for. */
  idle(): void {
    this.#waited = false;
  }

  /** A call that came in holds a line whether there is room or not: the operator has given it one. */
  takeInbound(phone?: E164): Lease {
    this.#inbound++;
    return this.#lease(phone, () => this.#inbound--);
  }

  /** A call that an earlier process made, and that goes on: it holds its line already. */
  takeOutbound(phone?: E164): Lease {
    this.#outbound++;
    return this.#lease(phone, () => this.#outbound--);
  }

  /** Calls back whenever a line is given back. */
  onFreed(listener: () => void): () => void {
    return this.#freed.on(listener);
  }

  /** When the call of this rank started; -Infinity for one that is not kept. */
  #startOf(rank: number): number {
    return rank < 0 ? -Infinity : (this.#startedAt[rank % this.#kept] ?? -Infinity);
  }

  get #kept(): number {
    return startsASecond(this.limits.cps);
  }

  #lease(phone: E164 | undefined, giveBack: () => void): Lease {
    const telephone = phone === undefined ? undefined : this.telephones.take(phone);
    return heldUntil(() => {
      giveBack();
      telephone?.release();
      this.#freed.emit(undefined);
    });
  }
}
