import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';

/** Orders may wait as long as this for Asterisk, at the whole of the calls a second, and few may always wait. */
const ORDERED_MS = 100;
const LEAST = 4;
/** Held up for more than this in a minute, it is said in the log. */
const MINUTE_MS = 60_000;
const WORTH_SAYING_MS = 5_000;

export interface OrderRoomParts {
  /** Calls a second that are wanted. */
  readonly cps: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * How many calls may be ordered that Asterisk has not taken yet. A machine that cannot make as many calls a second as it
 * is told to takes them later and later, and everything else on it: who brings a tip would wait for seconds. So the
 * dialer waits instead, until orders are taken at once again.
 */
export class OrderRoom {
  readonly #most: number;
  #open = 0;
  #fullSince: number | undefined;
  #minute = { from: -Infinity, fullMs: 0, said: false };

  constructor(private readonly parts: OrderRoomParts) {
    this.#most = Math.max(LEAST, Math.ceil((parts.cps * ORDERED_MS) / 1_000));
  }

  get full(): boolean {
    return this.#open >= this.#most;
  }

  /** A call was ordered; `onRoom` is called when there is room again after there was none. */
  ordered(taken: Promise<void>, onRoom: () => void): void {
    this.#open++;
    if (this.full) this.#fullSince ??= this.parts.clock.monotonic();
    void taken.then(() => {
      this.#open--;
      if (this.#fullSince === undefined || this.full) return;
      this.#note(this.#fullSince);
      this.#fullSince = undefined;
      onRoom();
    });
  }

  #note(since: number): void {
    const now = this.parts.clock.monotonic();
    if (now - this.#minute.from > MINUTE_MS) this.#minute = { from: now, fullMs: 0, said: false };
    this.#minute.fullMs += now - since;
    if (this.#minute.said || this.#minute.fullMs < WORTH_SAYING_MS) return;
    this.#minute.said = true;
    this.parts.log.warn('calls are made more slowly than allowed: this machine does not keep up', {
      callsASecond: this.parts.cps,
    });
  }
}
