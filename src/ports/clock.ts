/** Time, handed in so that nothing inside reads a clock of its own. */
export interface Clock {
  /** Wall clock, ms UTC: for what people read and what is stored. */
  now(): number;
  /** Monotonic ms: for durations; never jumps. */
  monotonic(): number;
  /** Calls back once after `ms`; the returned function cancels. */
  after(ms: number, callback: () => void): () => void;
}
