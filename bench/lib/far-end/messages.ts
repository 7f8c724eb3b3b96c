import type { CallRecord, Habit } from './call-book.js';

/** The messages between the benchmark and its media process. */
export interface MediaOrder {
  readonly host: string;
  /** Path of SIPp's log. The file need not exist yet. */
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
      /**
       * How late the timer of the media process ticked, 99th percentile, ms. Measured delays below this say
       * little.
       */
      readonly latenessMs: number;
    };
