import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';

/** Limit of originate requests in flight: those due in `ms` at the full CPS, and at least `least`. */
const USUAL = { ms: 200, least: 4 };
/** The same while a caller is on the tip line, and for TIPS_MS after that. */
const BESIDE_TIPS = { ms: 20, least: 2 };
const TIPS_MS = 10_000;
/**
 * A machine that keeps up accepts each request at most this much later than the fastest one. A request that
 * is accepted later is followed by a rest of REST times its delay.
 */
const AT_ONCE_MS = 15;
const REST = 2;
/** The longest rest. Starts that are missed in this time can be made up (`domain/pacing.ts`). */
const LONGEST_REST_MS = 100;
/** When calls were held up for more than WORTH_LOGGING_MS within this time, the log says so. */
const MINUTE_MS = 60_000;
const WORTH_LOGGING_MS = 5_000;

export interface OriginateThrottleParts {
  readonly trunkLines: {
    readonly limits: { /** Calls a second that are wanted. */ readonly cps: number };
    /** Calls on the tip line now, and callbacks. */
    readonly tipCalls: number;
  };
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Limits originate requests in flight. A machine that is told to make more calls a second than it can make
 * accepts each request later than the one before. Everything else on that machine gets later too, so a caller
 * with a tip would wait for seconds. So the dialer waits instead, until requests are accepted at once again.
 *
 * While callers are on the tip line the dialer makes way for them. Fewer requests can wait, and a request
 * that was not accepted at once is followed by a rest, in which the machine does its other work.
 */
export class OriginateThrottle {
  #inFlight = 0;
  #rests = 0;
  #fastestMs = Infinity;
  #makesWayUntil = -Infinity;
  #fullSince: number | undefined;
  #minute = { from: -Infinity, fullMs: 0, logged: false };

  constructor(private readonly parts: OriginateThrottleParts) {}

  /** Whether a call can be originated now. If not, `onAllowed` of an earlier call is called once it can. */
  mayOriginate(): boolean {
    this.#noteFull();
    return !this.#full;
  }

  /**
   * A call was originated; `accepted` resolves when Asterisk has accepted the request. `onAllowed` is called
   * when calls can be originated again after they could not.
   */
  originated(accepted: Promise<void>, onAllowed: () => void): void {
    const { clock } = this.parts;
    const at = clock.monotonic();
    this.#inFlight++;
    this.#noteFull();
    void accepted.then(() => {
      this.#inFlight--;
      this.#rest(clock.monotonic() - at, onAllowed);
      this.#noteFree(onAllowed);
    });
  }

  get #full(): boolean {
    const { least, ms } = this.#makesWay() ? BESIDE_TIPS : USUAL;
    const most = Math.max(least, Math.ceil((this.parts.trunkLines.limits.cps * ms) / 1_000));
    return this.#rests > 0 || this.#inFlight >= most;
  }

  /** Whether a caller is on the tip line or is being called back, or was until a moment ago. */
  #makesWay(): boolean {
    const now = this.parts.clock.monotonic();
    if (this.parts.trunkLines.tipCalls > 0) this.#makesWayUntil = now + TIPS_MS;
    return now < this.#makesWayUntil;
  }

  #rest(tookMs: number, onAllowed: () => void): void {
    this.#fastestMs = Math.min(this.#fastestMs, tookMs);
    const late = tookMs - this.#fastestMs;
    if (late <= AT_ONCE_MS || !this.#makesWay()) return;
    this.#rests++;
    this.#noteFull();
    this.parts.clock.after(Math.min(late * REST, LONGEST_REST_MS), () => {
      this.#rests--;
      this.#noteFree(onAllowed);
    });
  }

  #noteFull(): void {
    if (this.#full) this.#fullSince ??= this.parts.clock.monotonic();
  }

  #noteFree(onAllowed: () => void): void {
    if (this.#fullSince === undefined || this.#full) return;
    this.#addFullTime(this.#fullSince);
    this.#fullSince = undefined;
    onAllowed();
  }

  /** Adds up how long calls were held up in this minute, and logs it once when that is long. */
  #addFullTime(since: number): void {
    const now = this.parts.clock.monotonic();
    if (now - this.#minute.from > MINUTE_MS) this.#minute = { from: now, fullMs: 0, logged: false };
    // Until the next call is due by the CPS anyway, nothing is held up.
    this.#minute.fullMs += Math.max(0, now - since - 1_000 / this.parts.trunkLines.limits.cps);
    if (this.#minute.logged || this.#minute.fullMs < WORTH_LOGGING_MS) return;
    this.#minute.logged = true;
    this.parts.log.warn('calls are made more slowly than allowed: this machine cannot keep up', {
      callsASecond: this.parts.trunkLines.limits.cps,
    });
  }
}
