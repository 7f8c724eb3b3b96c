import type { Clock } from '../../ports/clock.js';

/** The first wait before a new try, in ms. The wait doubles each time, up to MOST_MS. */
const FIRST_MS = 200;
const MOST_MS = 1_000;

export interface DurableWritesParts {
  readonly clock: Clock;
  /** The reason why nothing can be stored now; empty when writes may succeed. */
  readonly blockedBy: () => string;
}

/** A try to store a waiting write: true when it is stored. */
type Attempt = () => boolean;

/**
 * Writes that must not be lost. A write that fails is kept, in order, and tried again. Waiting writes are
 * tried together and not each by itself, because they all need the same disk and each try holds up every
 * call.
 */
export class DurableWrites {
  #waiting: Attempt[] = [];
  #waitMs = FIRST_MS;
  #due = false;

  constructor(private readonly parts: DurableWritesParts) {}

  /** Resolves with the result of `write` once it succeeds. `onKept` is called at the first failure only. */
  store<T>(write: () => T, onKept: (error: unknown) => void): Promise<T> {
    return new Promise((resolve) => {
      let reported = false;
      this.#waiting.push(() => {
        try {
          resolve(write());
          return true;
        } catch (error) {
          if (!reported) onKept(error);
          reported = true;
          return false;
        }
      });
      if (!this.#due) this.#go();
    });
  }

  #go(): void {
    this.#due = false;
    const failed: Attempt[] = [];
    let stored = 0;
    for (const [index, attempt] of this.#waiting.entries()) {
      if (attempt()) stored += 1;
      else {
        failed.push(attempt);
        // A failure of this write alone must not hold up the others.
        if (this.parts.blockedBy() === '') continue;
        failed.push(...this.#waiting.slice(index + 1));
        break;
      }
    }
    this.#waiting = failed;
    if (failed.length === 0 || stored > 0) this.#waitMs = FIRST_MS;
    if (failed.length === 0) return;
    this.#due = true;
    this.parts.clock.after(this.#waitMs, () => {
      this.#go();
    });
    this.#waitMs = Math.min(MOST_MS, this.#waitMs * 2);
  }
}
