import { deferred } from '../../src/lib/deferred.js';
import type { QueuePlace, QueueNews } from '../../src/flows/steps/wait-in-queue.js';
import type { Call } from '../../src/ports/call.js';
import type { FakeClock } from './fake-clock.js';

/** The events of a queue place, each a number of ms after the caller took the place. */
export interface QueueScript {
  readonly news?: readonly (readonly [atMs: number, news: QueueNews])[];
  /**
   * When the wait ends, and the call of the centralist who answers, or `nobody` when no centralist answers.
   * Without this the caller keeps waiting.
   */
  readonly answered?: readonly [atMs: number, centralist: Call | 'nobody'];
}

/** A queue place that follows a script. */
export class FakeQueuePlace implements QueuePlace {
  /** The caller gave up the place. */
  left = false;
  readonly #answered = deferred<Call | undefined>();
  readonly #pending: QueueNews[] = [];
  #deliver: ((news: QueueNews) => void) | undefined;

  constructor(clock: FakeClock, { news = [], answered }: QueueScript) {
    const later = (ms: number, act: () => void): void => {
      if (ms === 0) act();
      else clock.after(ms, act);
    };
    for (const [atMs, one] of news) {
      later(atMs, () => {
        this.#pending.push(one);
        this.#deliverNext();
      });
    }
    if (answered) {
      const [atMs, centralist] = answered;
      later(atMs, () => {
        this.#answered.resolve(centralist === 'nobody' ? undefined : centralist);
      });
    }
  }

  get answered(): Promise<Call | undefined> {
    return this.#answered.promise;
  }

  news(): Promise<QueueNews> {
    const next = this.#pending.shift();
    if (next) return Promise.resolve(next);
    return new Promise((resolve) => {
      this.#deliver = resolve;
    });
  }

  leave(): void {
    this.left = true;
  }

  #deliverNext(): void {
    if (!this.#deliver) return;
    const next = this.#pending.shift();
    if (next) this.#deliver(next);
    this.#deliver = undefined;
  }
}
