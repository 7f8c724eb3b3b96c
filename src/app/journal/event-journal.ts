import type { ActionId } from '../../domain/action.js';
import type { AttemptId, AttemptOrder } from '../../domain/attempt.js';
import { Emitter } from '../../lib/emitter.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { ActionEvent, EventStore } from '../../ports/stores.js';

/** Stores the events of actions and tells the listeners. A failure to store is logged, and calls go on. */
export class EventJournal {
  readonly #listeners: Emitter<ActionEvent>;
  /** Events to tell the listeners once the current work is stored; undefined outside such work. */
  #held: ActionEvent[] | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.#listeners = new Emitter((error) => {
      log.error('event listener failed', { error: String(error) });
    });
  }

  on(listener: (event: ActionEvent) => void): () => void {
    return this.#listeners.on(listener);
  }

  /**
   * Does work that stores events together with other rows, all or nothing. The listeners are told after the
   * work is done. They are not told when the work throws.
   */
  toldAfter<T>(work: () => T): T {
    if (this.#held) return work();
    const held: ActionEvent[] = (this.#held = []);
    let result: T;
    try {
      result = work();
    } finally {
      this.#held = undefined;
    }
    for (const event of held) this.#listeners.emit(event);
    return result;
  }

  add(actionId: ActionId, type: string, data: Readonly<Record<string, unknown>>): void {
    try {
      this.addOrThrow(actionId, type, data);
    } catch (error) {
      this.log.error('event could not be stored', { type, error: String(error) });
    }
  }

  /** Like {@link add}, but throws when the event cannot be stored, for a caller that tries again. */
  addOrThrow(actionId: ActionId, type: string, data: Readonly<Record<string, unknown>>): void {
    const event = this.store.add({ actionId, type, data, at: this.clock.now() });
    if (this.#held) this.#held.push(event);
    else this.#listeners.emit(event);
  }

  attempt(
    order: AttemptOrder,
    attemptId: AttemptId,
    stage: string,
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    const { actionId, participantId, purpose, number } = order;
    this.add(actionId, 'attempt', { attemptId, participantId, purpose, number, stage, ...more });
  }
}
