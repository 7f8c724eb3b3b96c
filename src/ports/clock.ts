/** Time as an argument, because domain, flows and application read no clock of their own. */
export interface Clock {
  /** Wall clock, ms UTC: for times that people read and times that are stored. */
  now(): number;
  /** Monotonic ms, for durations. Never jumps. */
  monotonic(): number;
  /** Calls back once after `ms`. The returned function cancels the callback. */
  after(ms: number, callback: () => void): () => void;
}
