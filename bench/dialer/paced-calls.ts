/**
 * The simplest pacing within a number of lines and calls a second: says which number is called next, and
 * when. Times are monotonic ms.
 */
export class PacedCalls {
  #next = 0;
  #slotAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly load: { readonly numbers: readonly string[]; readonly lines: number; readonly cps: number },
  ) {}

  /** Count of the numbers that were returned so far. */
  get started(): number {
    return this.#next;
  }

  /** When the next call may start, if a line is free then. */
  get slotAt(): number {
    return this.#slotAt;
  }

  get done(): boolean {
    return this.#next >= this.load.numbers.length;
  }

  /** The numbers to call now, when `ended` of the calls so far have freed their line. */
  due(now: number, ended: number): string[] {
    const { numbers, lines, cps } = this.load;
    const due: string[] = [];
    const gap = 1000 / cps;
    if (this.#next === 0) this.#slotAt = now;
    while (!this.done && now >= this.#slotAt && this.#next - ended < lines) {
      due.push(numbers[this.#next++] ?? '');
      // A start time that passed while no line was free is not made up for.
      this.#slotAt = Math.max(this.#slotAt, now - gap) + gap;
    }
    return due;
  }
}
