import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';

/** Orders may wait as long as this for Asterisk, at the whole of the calls a second, and few may always wait. */
const ORDERED = { ms: 200, least: 4 };
/** The same while somebody is on the tip line, and for so long after that. */
const BESIDE_TIPS = { ms: 20, least: 2 };
const TIPS_MS = 10_000;
/** Asterisk takes an order so soon after its soonest, where the machine keeps up. What is later is rested for, twice over. */
const AT_ONCE_MS = 15;
const REST = 2;
/** What is late by that much can be made up for (domain/pacing.ts). */
const LONGEST_REST_MS = 100;
/** Held up for more than this in a minute, it is said in the log. */
const MINUTE_MS = 60_000;
const WORTH_SAYING_MS = 5_000;

export interface OriginateThrottleParts {
  readonly lines: {
    readonly limits: { /** Calls a second that are wanted. */ readonly cps: number };
    /** Calls that are on the tip line now. */
    readonly inbound: number;
  };
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * How many calls may be ordered that Asterisk has not taken yet. A machine that cannot make as many calls a second as it
 * is told to takes them later and later, and everything else on it: who brings a tip would wait for seconds. So the
 * dialer waits instead, until orders are taken at once again.
 *
 * While people ring the tip line it makes way for them: fewer orders are left waiting, and one that was not taken at once is
 * followed by a rest, in which the machine does what else there is to do.
 */
export class OriginateThrottle {
  #open = 0;
  #rests = 0;
  #soonestMs = Infinity;
  #makesWayUntil = -Infinity;
  #fullSince: number | undefined;
  #minute = { from: -Infinity, fullMs: 0, said: false };

  constructor(private readonly parts: OriginateThrottleParts) {}

  /** Whether one more call may be ordered now. When it may not, `onRoom` of one ordered before is called once it may. */
  hasRoom(): boolean {
    this.#noteFull();
    return !this.#full;
  }

  /** A call was ordered; `onRoom` is called when there is room again after there was none. */
  ordered(taken: Promise<void>, onRoom: () => void): void {
    const { clock } = this.parts;
    const orderedAt = clock.monotonic();
    this.#open++;
    this.#noteFull();
    void taken.then(() => {
      this.#open--;
      this.#rest(clock.monotonic() - orderedAt, onRoom);
      this.#noteRoom(onRoom);
    });
  }

  get #full(): boolean {
    const { least, ms } = this.#makesWay() ? BESIDE_TIPS : ORDERED;
    const most = Math.max(least, Math.ceil((this.parts.lines.limits.cps * ms) / 1_000));
    return this.#rests > 0 || this.#open >= most;
  }

  /** Whether somebody is on the tip line, or was a moment ago. */
  #makesWay(): boolean {
    const now = this.parts.clock.monotonic();
    if (this.parts.lines.inbound > 0) this.#makesWayUntil = now + TIPS_MS;
    return now < this.#makesWayUntil;
  }

  #rest(tookMs: number, onRoom: () => void): void {
    this.#soonestMs = Math.min(this.#soonestMs, tookMs);
    const late = tookMs - this.#soonestMs;
    if (late <= AT_ONCE_MS || !this.#makesWay()) return;
    this.#rests++;
    this.#noteFull();
    this.parts.clock.after(Math.min(late * REST, LONGEST_REST_MS), () => {
      this.#rests--;
      this.#noteRoom(onRoom);
    });
  }

  #noteFull(): void {
    if (this.#full) this.#fullSince ??= this.parts.clock.monotonic();
  }

  #noteRoom(onRoom: () => void): void {
    if (this.#fullSince === undefined || this.#full) return;
    this.#note(this.#fullSince);
    this.#fullSince = undefined;
    onRoom();
  }

  #note(since: number): void {
    const now = this.parts.clock.monotonic();
    if (now - this.#minute.from > MINUTE_MS) this.#minute = { from: now, fullMs: 0, said: false };
    // Until the next call may start anyway nothing is held up.
    this.#minute.fullMs += Math.max(0, now - since - 1_000 / this.parts.lines.limits.cps);
    if (this.#minute.said || this.#minute.fullMs < WORTH_SAYING_MS) return;
    this.#minute.said = true;
    this.parts.log.warn('calls are made more slowly than allowed: this machine does not keep up', {
      callsASecond: this.parts.lines.limits.cps,
    });
  }
}
