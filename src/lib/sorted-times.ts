/** With more additions out of order than this, or more removals, sorting all times once is cheaper. */
const LOOSE = 64;

/**
 * Times in order, for questions such as "when had half of the participants been called?". Times mostly arrive
 * in order, and then adding one takes constant time.
 */
export class SortedTimes {
  #sorted: number[] = [];
  /** Additions out of order, and removals. They are applied at the next question. */
  #added: number[] = [];
  readonly #removed = new Map<number, number>();
  #removals = 0;

  get size(): number {
    return this.#sorted.length + this.#added.length - this.#removals;
  }

  add(time: number): void {
    const last = this.#sorted.at(-1);
    if (last === undefined || time >= last) this.#sorted.push(time);
    else this.#added.push(time);
  }

  /** Removes a time, which must be present. */
  remove(time: number): void {
    this.#removed.set(time, (this.#removed.get(time) ?? 0) + 1);
    this.#removals++;
  }

  /** The time at this place, 1 for the earliest; null when there are fewer times. */
  at(place: number): number | null {
    this.#tidy();
    return this.#sorted[place - 1] ?? null;
  }

  #tidy(): void {
    if (this.#added.length > LOOSE || this.#removals > LOOSE) this.#rebuild();
    else {
      for (const time of this.#added) this.#sorted.splice(this.#placeOf(time), 0, time);
      for (const [time, count] of this.#removed) this.#sorted.splice(this.#placeOf(time), count);
    }
    this.#added = [];
    this.#removed.clear();
    this.#removals = 0;
  }

  #rebuild(): void {
    const all = Float64Array.from([...this.#sorted, ...this.#added]).sort();
    this.#sorted = [];
    for (const time of all) {
      const removals = this.#removed.get(time) ?? 0;
      if (removals > 0) this.#removed.set(time, removals - 1);
      else this.#sorted.push(time);
    }
  }

  /** Index of the first time that is not earlier. */
  #placeOf(time: number): number {
    let from = 0;
    let to = this.#sorted.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#sorted[middle] ?? Infinity) < time) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
