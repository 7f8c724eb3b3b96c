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
  /** A timer will try the waiting writes. */
  #due = false;
  /** The last try ended because nothing could be stored. */
  #blocked = false;
  #trying = false;

  constructor(private readonly parts: DurableWritesParts) {}

  /**
   * Resolves with the result of `write` once it succeeds. `onKept` is called at the first failure only. A
   * write that is kept during another write, for example by a listener to its event, is tried after it.
   */
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
      // Writes that wait for a reason of their own do not hold up this one.
      if (!this.#blocked && !this.#trying) this.#try(this.#waiting.length - 1);
    });
  }

  /** Tries the waiting writes from this index on. */
  #try(from: number): void {
    this.#trying = true;
    try {
      this.#tryEach(from);
    } finally {
      this.#trying = false;
    }
    if (this.#waiting.length > 0 && !this.#due) this.#tryLater();
  }

  #tryEach(from: number): void {
    const failed = this.#waiting.slice(0, from);
    this.#blocked = false;
    let stored = 0;
    // The length is read each time, because a write may add others.
    for (let index = from; index < this.#waiting.length; index++) {
      const attempt = this.#waiting[index] as Attempt;
      if (attempt()) stored += 1;
      else {
        failed.push(attempt);
        // A failure of this write alone must not hold up the others.
        if (this.parts.blockedBy() === '') continue;
        this.#blocked = true;
        failed.push(...this.#waiting.slice(index + 1));
        break;
      }
    }
    this.#waiting = failed;
    if (failed.length === 0 || (from === 0 && stored > 0)) this.#waitMs = FIRST_MS;
  }

  #tryLater(): void {
    this.#due = true;
    this.parts.clock.after(this.#waitMs, () => {
      this.#due = false;
      this.#try(0);
    });
    this.#waitMs = Math.min(MOST_MS, this.#waitMs * 2);
  }
}
