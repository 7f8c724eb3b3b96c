import type { Call, Recorded } from './call.js';

/** Two calls that hear one another. */
export interface Conversation {
  /** Resolves when either call is over, or after `end`. */
  readonly ended: Promise<void>;
  /** Takes both calls out of the conversation and hangs up neither. Safe to repeat. */
  end(): Promise<void>;
  /** Records both sides in one file until the conversation ends. Rejects when recording is impossible. */
  record(name: string): Promise<void>;
  /**
   * The recording, once the conversation has ended and the file
   * is whole and on disk; undefined when nothing was recorded.
   */
  recorded(): Promise<Recorded | undefined>;
}

export interface Conversations {
  /** Lets two answered calls hear one another. A side that is put on hold hears hold audio. */
  connect(a: Call, b: Call): Promise<Conversation>;
}
