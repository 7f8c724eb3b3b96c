/** Below this many taken entries nothing is gained by letting go of them. */
const LET_GO = 1_024;

/** First in, first out, with a way to put back in front. Each step costs the same, however many wait. */
export class Queue<T> {
  /** Put back; the last of them is first in line. */
  #front: T[] = [];
  #items: T[] = [];
  /** Where in `items` the line begins. */
  #head = 0;

  get size(): number {
    return this.#front.length + this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Puts first in line. */
  putBack(item: T): void {
    this.#front.push(item);
  }

  shift(): T | undefined {
    if (this.#front.length > 0) return this.#front.pop();
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head++];
    if (this.#head >= LET_GO && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  clear(): void {
    this.#front = [];
    this.#items = [];
    this.#head = 0;
  }
}
