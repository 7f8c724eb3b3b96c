/** Who is called next and when, within lines and calls a second: the simplest pacing there is. Times are monotonic ms. */
export class PacedCalls {
  #next = 0;
  #slotAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly load: { readonly numbers: readonly string[]; readonly lines: number; readonly cps: number },
  ) {}

  /** Numbers that were given out so far. */
  get started(): number {
    return this.#next;
  }

  /** When the next slot comes; whether there will be a line is not said. */
  get slotAt(): number {
    return this.#slotAt;
  }

  get done(): boolean {
    return this.#next >= this.load.numbers.length;
  }

  /** The numbers to call now, when `ended` of the calls so far have given their line back. */
  due(now: number, ended: number): string[] {
    const { numbers, lines, cps } = this.load;
    const due: string[] = [];
    const gap = 1000 / cps;
    if (this.#next === 0) this.#slotAt = now;
    while (!this.done && now >= this.#slotAt && this.#next - ended < lines) {
      due.push(numbers[this.#next++] ?? '');
      // A slot that passed while no line was free is not made up for.
      this.#slotAt = Math.max(this.#slotAt, now - gap) + gap;
    }
    return due;
  }
}
