import type { CallRecord, Habit } from './call-book.js';

/** What the benchmark tells the media process, and what it answers. */
export interface MediaOrder {
  readonly host: string;
  /** SIPp's log; it need not be there yet. */
  readonly logFile: string;
  readonly habit: Habit;
}

export type ToMedia = { readonly type: 'open'; readonly order: MediaOrder } | { readonly type: 'finish' };

export type FromMedia =
  | { readonly type: 'opened'; readonly decade: number }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'progress'; readonly invited: number; readonly ended: number }
  | {
      readonly type: 'records';
      readonly records: readonly CallRecord[];
      /** How late its own clock ticked, 99th percentile, ms: figures below this say little. */
      readonly latenessMs: number;
    };
