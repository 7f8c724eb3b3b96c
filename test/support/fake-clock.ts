import { Heap } from '../../src/lib/heap.js';
import type { Clock } from '../../src/ports/clock.js';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Tuesday 12 March 2024, noon in Amsterdam: outside the night. */
export const NOON = Date.UTC(2024, 2, 12, 11);

/**
 * A clock that a test moves. Timers fire in order, each at its own instant. After each timer, the
 * continuations of all settled promises run before the next timer fires, as in a real process.
 */
export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>();
  /** The same timers and the cancelled ones, with the next to fire first. */
  readonly #order = new Heap<Timer>((a, b) => a.at - b.at || a.order - b.order);
  #monotonic = 1_000;
  #jumped = 0;
  #created = 0;

  constructor(private readonly start = NOON) {}

  now(): number {
    return this.start - 1_000 + this.#monotonic + this.#jumped;
  }

  /** Sets the wall clock forward, or back for a negative `ms`. No time passes. */
  jump(ms: number): void {
    this.#jumped += ms;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, callback: () => void): () => void {
    // Timers count whole milliseconds and never fire early.
    const timer = { at: this.#monotonic + Math.max(0, Math.ceil(ms)), order: this.#created++, callback };
    this.#timers.add(timer);
    this.#order.push(timer);
    return () => this.#timers.delete(timer);
  }

  /** The number of timers that have neither fired nor been cancelled. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets `ms` pass. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settle();
    for (let timer = this.#next(); timer && timer.at <= end; timer = this.#next()) {
      this.#fire(timer);
      await settle();
    }
    this.#monotonic = end;
  }

  /** Lets time pass until the condition holds. Throws after `limitMs`, or when no timer is left. */
  async until(condition: () => boolean, limitMs = 3_600_000): Promise<void> {
    const end = this.#monotonic + limitMs;
    await settle();
    while (!condition()) {
      const timer = this.#next();
      if (!timer || timer.at > end) throw new Error(`did not happen within ${limitMs} ms: ${condition.toString()}`);
      this.#fire(timer);
      await settle();
    }
  }

  /** Lets time pass until the promise settles, and returns its result. */
  async finish<T>(promise: Promise<T>, limitMs?: number): Promise<T> {
    let over = false;
    const note = (): void => {
      over = true;
    };
    promise.then(note, note);
    await this.until(() => over, limitMs);
    return promise;
  }

  #next(): Timer | undefined {
    for (let next = this.#order.peek(); next; next = this.#order.peek()) {
      if (this.#timers.has(next)) return next;
      this.#order.pop();
    }
    return undefined;
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    this.#monotonic = Math.max(this.#monotonic, timer.at);
    timer.callback();
  }
}

/** Runs the continuations of all settled promises. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
