import type { Clock } from '../../ports/clock.js';
import type { Stores } from '../../ports/stores.js';
import { DurableWrites } from './durable-writes.js';
import type { EventJournal } from './event-journal.js';

export interface JournalParts {
  readonly stores: Pick<Stores, 'together' | 'blockedBy'>;
  readonly events: EventJournal;
  readonly clock: Clock;
}

/** Stores rows together with the events that report them, all or nothing. */
export class Journal {
  readonly #durable: DurableWrites;

  constructor(private readonly parts: JournalParts) {
    const { clock, stores } = parts;
    this.#durable = new DurableWrites({ clock, blockedBy: () => stores.blockedBy() });
  }

  /**
   * Stores in one transaction, and tells the listeners once it is committed. Throws when it cannot be stored;
   * then nothing is stored and nothing is told.
   */
  store<T>(write: () => T): T {
    const { events, stores } = this.parts;
    return events.toldAfter(() => stores.together(write));
  }

  /**
   * The same for a write that must not be lost: it is kept and tried again until it is stored. `onKept` is
   * called once, with the error of the first try.
   */
  storeForSure<T>(write: () => T, onKept: (error: unknown) => void): Promise<T> {
    return this.#durable.store(() => this.store(write), onKept);
  }
}
