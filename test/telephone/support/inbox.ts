const ARRIVES_MS = 30_000;

/** Events in order of arrival, kept until a test takes them one by one. */
export class Inbox<T> {
  readonly #kept: T[] = [];
  readonly #takers: ((item: T) => void)[] = [];

  /** @param what names an item in the error of `take`: 'a call to the tip line' */
  constructor(private readonly what: string) {}

  /** The items that no test has taken yet. */
  get kept(): readonly T[] {
    return this.#kept;
  }

  put(item: T): void {
    const taker = this.#takers.shift();
    if (taker) taker(item);
    else this.#kept.push(item);
  }

  /** The next item, which may have arrived already. Rejects when none arrives in time. */
  take(withinMs = ARRIVES_MS): Promise<T> {
    const kept = this.#kept.shift();
    if (kept !== undefined) return Promise.resolve(kept);
    return new Promise((resolve, reject) => {
      const taker = (item: T): void => {
        clearTimeout(timer);
        resolve(item);
      };
      const timer = setTimeout(() => {
        this.#takers.splice(this.#takers.indexOf(taker), 1);
        reject(new Error(`${this.what} did not arrive within ${withinMs} ms`));
      }, withinMs);
      this.#takers.push(taker);
    });
  }
}
