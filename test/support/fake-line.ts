import { deferred } from '../../src/lib/deferred.js';
import type { QueuePlace, QueueNews } from '../../src/flows/steps/wait-in-queue.js';
import type { Call } from '../../src/ports/call.js';
import type { FakeClock } from './fake-clock.js';

/** What happens in a line, each so long after it was entered. */
export interface LineStory {
  readonly news?: readonly (readonly [atMs: number, news: QueueNews])[];
  /** Who answers when; nobody, when it says `nobody`; never when absent. */
  readonly answered?: readonly [atMs: number, centralist: Call | 'nobody'];
}

/** A place in line in which that happens which was told beforehand. */
export class FakeQueuePlace implements QueuePlace {
  left = false;
  readonly #answered = deferred<Call | undefined>();
  readonly #untold: QueueNews[] = [];
  #asking: ((news: QueueNews) => void) | undefined;

  constructor(clock: FakeClock, { news = [], answered }: LineStory) {
    const later = (ms: number, act: () => void): void => {
      if (ms === 0) act();
      else clock.after(ms, act);
    };
    for (const [atMs, one] of news) {
      later(atMs, () => {
        this.#untold.push(one);
        this.#bring();
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
    const next = this.#untold.shift();
    if (next) return Promise.resolve(next);
    return new Promise((resolve) => {
      this.#asking = resolve;
    });
  }

  leave(): void {
    this.left = true;
  }

  #bring(): void {
    if (!this.#asking) return;
    const next = this.#untold.shift();
    if (next) this.#asking(next);
    this.#asking = undefined;
  }
}
