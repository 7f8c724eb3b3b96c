/** Lines with the same message: this many at once, then this many a second. That is at most 50 MB a day. */
const AT_ONCE = 1_000;
const A_SECOND = 2;

interface Allowance {
  /** Lines that may be written now. */
  remaining: number;
  at: number;
  leftOut: number;
}

/**
 * Limits how often the log repeats a message, because somebody who sends the API a thousand requests a second
 * must not fill the disk. Lines over the limit are counted by message.
 */
export class LineLimit {
  readonly #allowances = new Map<string, Allowance>();

  /** `now`: monotonic ms. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Whether one more line with this message may be written, and how many were left out before it. */
  admit(message: string): { readonly admitted: boolean; readonly leftOut: number } {
    const now = this.now();
    const allowance = this.#allowances.get(message) ?? { remaining: AT_ONCE, at: now, leftOut: 0 };
    this.#allowances.set(message, allowance);
    allowance.remaining = Math.min(AT_ONCE, allowance.remaining + ((now - allowance.at) / 1_000) * A_SECOND);
    allowance.at = now;
    if (allowance.remaining < 1) {
      allowance.leftOut += 1;
      return { admitted: false, leftOut: 0 };
    }
    allowance.remaining -= 1;
    const { leftOut } = allowance;
    allowance.leftOut = 0;
    return { admitted: true, leftOut };
  }
}
