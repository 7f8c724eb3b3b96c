import type { FarEnd } from '../lib/far-end/far-end.js';

/** The numbers that a side must call, within these lines and this CPS. */
export interface Load {
  /** National notation, `0612340000`. */
  readonly numbers: readonly string[];
  /** Numbers to call before `numbers`, not measured, because a program that has just started costs more. */
  readonly warmUp: readonly string[];
  readonly lines: number;
  readonly cps: number;
}

/** One of the two compared sides, started and ready for its load. */
export interface Side {
  /** The measured processes. `controller` is 0 on the side that has none. */
  readonly pids: { readonly asterisk: number; readonly controller: number };
  /**
   * Tells the side to make its calls, and resolves when the side has begun. The far end reports when they are
   * over. `warmUp`, if used, comes first.
   */
  begin(which: 'warmUp' | 'numbers'): Promise<void>;
  /** The side's own count after the last call; undefined when the side does not count. */
  account(): Promise<{ readonly confirmed: number } | undefined>;
  stop(): Promise<void>;
}

export type StartSide = (folder: string, farEnd: FarEnd, load: Load) => Promise<Side>;

export const HOST = '127.0.0.1';

/** A range of RTP ports that begins at a random even port: two per line, and as many again to choose from. */
export function rtpRange(lines: number): { readonly from: number; readonly to: number } {
  const count = Math.min(8_000, Math.max(400, lines * 4));
  const from = 20_000 + 2 * Math.floor(Math.random() * ((10_000 - count) / 2));
  return { from, to: from + count - 1 };
}
