import type { Clock } from '../../ports/clock.js';

/** The first wait before trying again, in ms; twice as long each time, up to the most. */
const FIRST_MS = 200;
const MOST_MS = 1_000;

export interface DurableWritesParts {
  readonly clock: Clock;
  /** Whether nothing at all can be stored now. */
  readonly blockedBy: () => string;
}

/** One that waits: true when it is stored. */
type Waiting = () => boolean;

/**
 * Writes that may not be lost: what cannot be stored now is kept, in its order, and stored when it can be. They wait for
 * one another instead of each trying by itself: for all of them it is the same disk, and each try holds up every call.
 */
export class DurableWrites {
  #waiting: Waiting[] = [];
  #waitMs = FIRST_MS;
  #due = false;

  constructor(private readonly parts: DurableWritesParts) {}

  /** Resolves with what `write` gives once it did not throw. `onKept` is told the first time that it does. */
  store<T>(write: () => T, onKept: (error: unknown) => void): Promise<T> {
    return new Promise((resolve) => {
      let told = false;
      this.#waiting.push(() => {
        try {
          resolve(write());
          return true;
        } catch (error) {
          if (!told) onKept(error);
          told = true;
          return false;
        }
      });
      if (!this.#due) this.#go();
    });
  }

  #go(): void {
    this.#due = false;
    const left: Waiting[] = [];
    let stored = 0;
    for (const [index, attempt] of this.#waiting.entries()) {
      if (attempt()) stored += 1;
      else {
        left.push(attempt);
        // What stands in the way of this one only must not keep the others waiting.
        if (this.parts.blockedBy() === '') continue;
        left.push(...this.#waiting.slice(index + 1));
        break;
      }
    }
    this.#waiting = left;
    if (left.length === 0 || stored > 0) this.#waitMs = FIRST_MS;
    if (left.length === 0) return;
    this.#due = true;
    this.parts.clock.after(this.#waitMs, () => {
      this.#go();
    });
    this.#waitMs = Math.min(MOST_MS, this.#waitMs * 2);
  }
}
