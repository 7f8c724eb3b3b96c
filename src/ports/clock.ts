/** Time as an argument, because domain, flows and application read no clock of their own. */
export interface Clock {
  /** Wall clock, ms UTC: for times that people read and times that are stored. */
  now(): number;
  /** Monotonic ms, for durations. Never jumps. */
  monotonic(): number;
  /** Does the work once, after `ms`. The returned function cancels it. */
  after(ms: number, work: () => void): () => void;
}
