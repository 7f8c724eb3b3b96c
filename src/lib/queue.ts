/**
 * The list of items is cut once this many taken items stand at its start. Cutting it sooner gains nothing.
 */
const CUT_FROM = 1_024;

/** First in, first out, with a way to put an item back in front. Each step takes constant time. */
export class Queue<T> {
  /** Items that were put back. The last one leaves the queue first. */
  #front: T[] = [];
  #items: T[] = [];
  /** Index in `#items` of the first item that was not taken. */
  #head = 0;

  get size(): number {
    return this.#front.length + this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Puts the item at the front of the queue. */
  putBack(item: T): void {
    this.#front.push(item);
  }

  shift(): T | undefined {
    if (this.#front.length > 0) return this.#front.pop();
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head++];
    if (this.#head >= CUT_FROM && this.#head * 2 >= this.#items.length) {
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
