/** A binary heap with the smallest item first, by `compare`. `push` and `pop` cost O(log n) comparisons. */
export class Heap<T> {
  #items: T[] = [];

  constructor(private readonly compare: (a: T, b: T) => number) {}

  get size(): number {
    return this.#items.length;
  }

  /** The smallest item, which stays in the heap; undefined when the heap is empty. */
  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    let at = this.#items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#smaller(at, above)) return;
      this.#swap(at, above);
      at = above;
    }
  }

  /** Removes the smallest item and returns it; undefined when the heap is empty. */
  pop(): T | undefined {
    const [smallest] = this.#items;
    const last = this.#items.pop();
    if (last === undefined || this.#items.length === 0) return smallest;
    this.#items[0] = last;
    for (let at = 0; ;) {
      let least = at;
      for (const below of [2 * at + 1, 2 * at + 2]) {
        if (below < this.#items.length && this.#smaller(below, least)) least = below;
      }
      if (least === at) return smallest;
      this.#swap(at, least);
      at = least;
    }
  }

  clear(): void {
    this.#items = [];
  }

  #smaller(a: number, b: number): boolean {
    return this.compare(this.#items[a] as T, this.#items[b] as T) < 0;
  }

  #swap(a: number, b: number): void {
    const item = this.#items[a] as T;
    this.#items[a] = this.#items[b] as T;
    this.#items[b] = item;
  }
}
