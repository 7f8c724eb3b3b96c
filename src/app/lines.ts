import { pace, type PacingDecision, type PacingLimits } from '../domain/pacing.js';
import { Emitter } from '../lib/emitter.js';

/** A line that is in use. Giving it back twice does nothing. */
export interface Lease {
  release(): void;
}

/** The one place that counts lines: every call on the trunk, out and in, holds a lease. */
export class Lines {
  #outbound = 0;
  #inbound = 0;
  #nextSlotAt = 0;
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
   * are what the operator allows now, where that is less.
   */
  tryOutbound(
    now: number,
    limits = this.limits,
  ): { readonly lease: Lease } | Exclude<PacingDecision, { type: 'start' }> {
    const state = { outbound: this.#outbound, inbound: this.#inbound, nextSlotAt: this.#nextSlotAt };
    const decision = pace(limits, state, now);
    if (decision.type !== 'start') return decision;
    this.#nextSlotAt = decision.nextSlotAt;
    this.#outbound++;
    return { lease: this.#lease(() => this.#outbound--) };
  }

  /** A call that came in holds a line whether there is room or not: the operator has given it one. */
  takeInbound(): Lease {
    this.#inbound++;
    return this.#lease(() => this.#inbound--);
  }

  /** A call that an earlier process made, and that goes on: it holds its line already. */
  takeOutbound(): Lease {
    this.#outbound++;
    return this.#lease(() => this.#outbound--);
  }

  /** No new call before this monotonic time: the operator asked for less. */
  holdOffUntil(time: number): void {
    this.#nextSlotAt = Math.max(this.#nextSlotAt, time);
  }

  /** Calls back whenever a line is given back. */
  onFreed(listener: () => void): () => void {
    return this.#freed.on(listener);
  }

  #lease(giveBack: () => void): Lease {
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        giveBack();
        this.#freed.emit(undefined);
      },
    };
  }
}
