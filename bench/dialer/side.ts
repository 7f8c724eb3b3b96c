import type { FarEnd } from '../lib/far-end/far-end.js';

/** What a side is asked to do: call these numbers, no more at once than the lines, no more a second than the CPS. */
export interface Load {
  /** National notation, `0612340000`. */
  readonly numbers: readonly string[];
  /** Called before these, and not measured: a program that has just started is not the one that is measured. */
  readonly warmUp: readonly string[];
  readonly lines: number;
  readonly cps: number;
}

/** One of the two that are compared, started and ready for its load. */
export interface Side {
  /** The processes that count; `controller` is 0 where there is none. */
  readonly pids: { readonly asterisk: number; readonly controller: number };
  /** Starts to call. Resolves when it has begun; the far end tells when it is over. `warmUp` comes first, if at all. */
  begin(which: 'warmUp' | 'numbers'): Promise<void>;
  /** What it says itself of how it went, after the last call; undefined when it keeps no record. */
  account(): Promise<{ readonly confirmed: number } | undefined>;
  stop(): Promise<void>;
}

export type StartSide = (folder: string, farEnd: FarEnd, load: Load) => Promise<Side>;

export const HOST = '127.0.0.1';

/** RTP ports for this many lines, two each and as many again to choose from, at a random even place. */
export function rtpRange(lines: number): { readonly from: number; readonly to: number } {
  const count = Math.min(8_000, Math.max(400, lines * 4));
  const from = 20_000 + 2 * Math.floor(Math.random() * ((10_000 - count) / 2));
  return { from, to: from + count - 1 };
}
