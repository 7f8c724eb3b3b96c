import { afterWrongTry, isForgotten, isGuessing, remainingPauseMs, type Tries } from '../../domain/guessing.js';
import type { Warning } from '../../domain/warning.js';
import { Emitter } from '../../lib/emitter.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';

/** Where a secret is asked for: `http` is the API and the console, `sip` the registration of a softphone. */
export const DOORS = ['http', 'sip'] as const;
export type Door = (typeof DOORS)[number];

/** A source of guesses: an address, or an account name that is tried from many addresses. */
export interface GuessSource {
  readonly door: Door;
  readonly source: string;
  /** Wrong tries so far. */
  readonly tries: number;
}

/** How many sources are kept, so that an attacker cannot fill the memory. The oldest is dropped first. */
const MOST_SOURCES = 10_000;

/**
 * Counts wrong secrets by door and source, sets how long a source must wait, and warns about guessing. The
 * counts are in memory, so a restart clears them.
 */
export class GuessLimiter {
  readonly #tries = new Map<string, Tries>();
  readonly #totals: Record<Door, number> = { http: 0, sip: 0 };
  readonly #changed = new Emitter<GuessSource>();

  constructor(private readonly parts: { readonly clock: Clock; readonly log: Log }) {}

  /**
   * Counts a wrong secret. Returns how long the source must wait now, in ms; 0 when it may try again at once.
   */
  wrong(door: Door, source: string): number {
    const now = this.parts.clock.monotonic();
    const key = keyOf(door, source);
    const before = this.#tries.get(key);
    const tries = afterWrongTry(before, now);
    this.#totals[door] += 1;
    // Deleted and set again, so that the map stays in the order of the last wrong try.
    this.#tries.delete(key);
    this.#tries.set(key, tries);
    this.#forgetOldest(now);
    if (tries.pauses > (before?.pauses ?? 0)) {
      this.parts.log.warn('passwords are being guessed', { door, source, tries: tries.total, pauses: tries.pauses });
      this.#changed.emit({ door, source, tries: tries.total });
    }
    return remainingPauseMs(tries, now);
  }

  /** How long the source must wait, in ms; 0 when it may try. */
  pauseMs(door: Door, source: string): number {
    return remainingPauseMs(this.#tries.get(keyOf(door, source)), this.parts.clock.monotonic());
  }

  /** The sources that are guessing now, the latest first. */
  get guessers(): readonly GuessSource[] {
    const now = this.parts.clock.monotonic();
    return [...this.#tries]
      .filter(([, tries]) => isGuessing(tries, now))
      .map(([key, { total }]) => ({ ...sourceOf(key), tries: total }))
      .reverse();
  }

  /** An alarm for each door with guesses now, naming the source with the most tries. */
  get alarms(): readonly Extract<Warning, { code: 'guessing' }>[] {
    const { guessers } = this;
    return DOORS.flatMap((door) => {
      const [worst] = guessers.filter((one) => one.door === door).sort((a, b) => b.tries - a.tries);
      if (!worst) return [];
      const what = door === 'http' ? 'API tokens' : 'softphone passwords';
      const reason = `${what} are being guessed: ${worst.tries} wrong tries by ${worst.source}; block that address, and issue new secrets if one may be known`;
      return [{ code: 'guessing', ...worst, reason }];
    });
  }

  /** Wrong secrets since the start, by door. */
  get totals(): Readonly<Record<Door, number>> {
    return this.#totals;
  }

  /** How many sources are kept. */
  get kept(): number {
    return this.#tries.size;
  }

  /** Calls the listener when a source starts guessing, or goes on after a pause. */
  onGuessing(listener: (guesser: GuessSource) => void): () => void {
    return this.#changed.on(listener);
  }

  #forgetOldest(now: number): void {
    for (const [key, tries] of this.#tries) {
      if (this.#tries.size <= MOST_SOURCES && !isForgotten(tries, now)) return;
      this.#tries.delete(key);
    }
  }
}

const keyOf = (door: Door, source: string): string => `${door} ${source}`;

function sourceOf(key: string): { door: Door; source: string } {
  const door = DOORS.find((candidate) => key.startsWith(`${candidate} `)) ?? 'http';
  return { door, source: key.slice(door.length + 1) };
}
