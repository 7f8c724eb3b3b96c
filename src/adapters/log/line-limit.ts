/** So many lines that say the same at once, and so many a second after that: 50 MB a day at most of one kind. */
const AT_ONCE = 1_000;
const A_SECOND = 2;

interface Kind {
  /** Lines that may still be written. */
  left: number;
  at: number;
  leftOut: number;
}

/**
 * Bounds how often the log says the same, whoever causes it: a stranger who asks the API a thousand times a second must not
 * fill a disk. Lines over the limit are counted by what they say.
 */
export class LineLimit {
  readonly #kinds = new Map<string, Kind>();

  /** `now`: monotonic ms. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Whether one more line that says this may be written, and how many were left out before it. */
  admit(message: string): { readonly admitted: boolean; readonly leftOut: number } {
    const now = this.now();
    const kind = this.#kinds.get(message) ?? { left: AT_ONCE, at: now, leftOut: 0 };
    this.#kinds.set(message, kind);
    kind.left = Math.min(AT_ONCE, kind.left + ((now - kind.at) / 1_000) * A_SECOND);
    kind.at = now;
    if (kind.left < 1) {
      kind.leftOut += 1;
      return { admitted: false, leftOut: 0 };
    }
    kind.left -= 1;
    const { leftOut } = kind;
    kind.leftOut = 0;
    return { admitted: true, leftOut };
  }
}
