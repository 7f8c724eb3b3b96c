import type { Clock } from '../../../ports/clock.js';
import type { AriLink } from '../ari/ari-link.js';
import { packetsOf } from './pause-watch.js';

/** Packets received are counted this often while a softphone leaves OPTIONS unanswered. */
const COUNT_MS = 5_000;
/** Counts alike, one after another, that end the call: 20 s without an answer and without a packet. */
const COUNTS_ALIKE = 4;

/** A call of a softphone, as far as it is watched. */
export interface SoftphoneLeg {
  readonly id: string;
  readonly over: boolean;
  /** Ends the call as lost: the softphone is gone. */
  lineDied(): Promise<void>;
}

export interface GoneSoftphonesOptions {
  readonly link: AriLink;
  readonly clock: Clock;
  readonly callsOf: (username: string) => readonly SoftphoneLeg[];
}

/**
 * Ends the calls of a softphone that is gone without a word: it leaves OPTIONS unanswered, and sends no packets. Either
 * alone proves nothing: a muted softphone sends none, and one on a poor network misses OPTIONS. A registration that has
 * expired proves nothing either, so only an answer that did not come counts.
 */
export class GoneSoftphones {
  /** Softphones that leave OPTIONS unanswered, and how to stop counting their packets. */
  readonly #silent = new Map<string, () => void>();

  constructor(private readonly options: GoneSoftphonesOptions) {}

  /** An event of Asterisk said how a softphone answers OPTIONS: `Unreachable`, `Reachable`, `Removed` … */
  contact(username: string, status: string): void {
    if (status !== 'Unreachable') {
      this.#silent.get(username)?.();
      this.#silent.delete(username);
    } else if (!this.#silent.has(username)) this.#watch(username);
  }

  close(): void {
    for (const stop of this.#silent.values()) stop();
    this.#silent.clear();
  }

  #watch(username: string): void {
    const { callsOf, clock } = this.options;
    const counts = new Map<string, { readonly packets: number; readonly alike: number }>();
    let stopped = false;
    let cancel = (): void => undefined;
    const next = (): void => {
      cancel = clock.after(COUNT_MS, () => void count());
    };
    const count = async (): Promise<void> => {
      for (const call of callsOf(username)) {
        const packets = await packetsOf(this.options.link, call.id);
        if (stopped) return;
        // Asterisk is away, or the call is over: that proves nothing.
        if (packets === undefined || call.over) continue;
        const before = counts.get(call.id);
        const alike = before?.packets === packets ? before.alike + 1 : 0;
        counts.set(call.id, { packets, alike });
        if (alike >= COUNTS_ALIKE) void call.lineDied();
      }
      next();
    };
    this.#silent.set(username, () => {
      stopped = true;
      cancel();
    });
    void count();
  }
}
