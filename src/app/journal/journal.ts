import type { Clock } from '../../ports/clock.js';
import type { Stores } from '../../ports/stores.js';
import { DurableWrites } from './durable-writes.js';
import type { EventJournal } from './event-journal.js';

export interface JournalParts {
  readonly stores: Pick<Stores, 'together' | 'blockedBy'>;
  readonly events: EventJournal;
  readonly clock: Clock;
}

/** A postponed write is stored together with the next write, or after this time at the latest. */
const POSTPONE_MS = 50;

interface Postponed {
  readonly write: () => void;
  readonly onFailed: (error: unknown) => void;
}

/**
 * Stores rows together with the events that report them, all or nothing. Alert calls, calls to the tip line
 * and callbacks share one journal.
 */
export class Journal {
  readonly #durable: DurableWrites;
  readonly #postponed: Postponed[] = [];
  #isStoring = false;

  constructor(private readonly parts: JournalParts) {
    const { clock, stores } = parts;
    this.#durable = new DurableWrites({ clock, blockedBy: () => stores.blockedBy() });
  }

  /**
   * Stores in one transaction, the postponed writes first, and tells the listeners once it is committed.
   * Throws when it cannot be stored; then nothing is stored and nothing is told.
   */
  store<T>(write: () => T): T {
    const postponed = this.#isStoring ? [] : this.#postponed.splice(0);
    let caughtUp = postponed.length === 0;
    try {
      return this.#together(() => {
        for (const one of postponed) one.write();
        caughtUp = true;
        return write();
      });
    } catch (error) {
      for (const { onFailed } of postponed) onFailed(error);
      if (caughtUp) throw error;
      // A postponed write failed. The write itself may still succeed.
      return this.store(write);
    }
  }

  /**
   * The same for a write that must not be lost: it is kept and tried again until it is stored. `onKept` is
   * called once, with the error of the first try.
   */
  storeForSure<T>(write: () => T, onKept: (error: unknown) => void): Promise<T> {
    return this.#durable.store(() => this.store(write), onKept);
  }

  /**
   * Stores together with the next write, because a transaction costs more than the rows in it. `onFailed` is
   * called when it cannot be stored, also when only the write that it was stored with failed.
   */
  storeSoon(write: () => void, onFailed: (error: unknown) => void): void {
    this.#postponed.push({ write, onFailed });
    if (this.#postponed.length > 1) return;
    this.parts.clock.after(POSTPONE_MS, () => {
      // Storing the last write stores those before it too.
      const last = this.#postponed.pop();
      if (!last) return;
      try {
        this.store(last.write);
      } catch (error) {
        last.onFailed(error);
      }
    });
  }

  #together<T>(work: () => T): T {
    const { events, stores } = this.parts;
    const outer = this.#isStoring;
    this.#isStoring = true;
    try {
      return events.toldAfter(() => stores.together(work));
    } finally {
      this.#isStoring = outer;
    }
  }
}
