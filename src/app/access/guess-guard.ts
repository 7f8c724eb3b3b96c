import { afterWrongTry, isForgotten, isGuessing, pauseLeft, type Tries } from '../../domain/guessing.js';
import type { Warning } from '../../domain/warning.js';
import { Emitter } from '../../lib/emitter.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';

/** Where a secret is asked for: the API and the console, or the registration of a softphone. */
export const DOORS = ['http', 'sip'] as const;
export type Door = (typeof DOORS)[number];

/** A source that guesses: an address, or a name that is tried from many addresses. */
export interface Guesser {
  readonly door: Door;
  readonly source: string;
  /** Wrong tries so far. */
  readonly tries: number;
}

/** Sources that are kept; the one that was quiet the longest makes way. Nobody fills the memory with addresses. */
const MOST_SOURCES = 10_000;

/**
 * Counts wrong secrets by door and source, says for how long a source must wait, and tells when somebody is guessing.
 * Kept in memory: a restart forgets it.
 */
export class GuessGuard {
  readonly #tries = new Map<string, Tries>();
  readonly #totals: Record<Door, number> = { http: 0, sip: 0 };
  readonly #changed = new Emitter<Guesser>();

  constructor(private readonly parts: { readonly clock: Clock; readonly log: Log }) {}

  /** Counts a wrong secret. Answers the pause that the source has to keep now, in ms; 0 when it may try again at once. */
  wrong(door: Door, source: string): number {
    const now = this.parts.clock.monotonic();
    const key = keyOf(door, source);
    const before = this.#tries.get(key);
    const tries = afterWrongTry(before, now);
    this.#totals[door] += 1;
    // Set anew, so that the map is in the order in which sources were last wrong.
    this.#tries.delete(key);
    this.#tries.set(key, tries);
    this.#forgetTheEldest(now);
    if (tries.pauses > (before?.pauses ?? 0)) {
      this.parts.log.warn('somebody is guessing passwords', { door, source, tries: tries.total, pauses: tries.pauses });
      this.#changed.emit({ door, source, tries: tries.total });
    }
    return pauseLeft(tries, now);
  }

  /** For how many ms the source must wait; 0 when it may try. */
  pauseMs(door: Door, source: string): number {
    return pauseLeft(this.#tries.get(keyOf(door, source)), this.parts.clock.monotonic());
  }

  /** Who guesses now, the latest first. */
  get guessers(): readonly Guesser[] {
    const now = this.parts.clock.monotonic();
    return [...this.#tries]
      .filter(([, tries]) => isGuessing(tries, now))
      .map(([key, { total }]) => ({ ...sourceOf(key), tries: total }))
      .reverse();
  }

  /** The one who guesses most at each door now, as an alarm. */
  get alarms(): readonly Extract<Warning, { code: 'guessing' }>[] {
    const { guessers } = this;
    return DOORS.flatMap((door) => {
      const [worst] = guessers.filter((one) => one.door === door).sort((a, b) => b.tries - a.tries);
      if (!worst) return [];
      const what = door === 'http' ? 'tokens of the API' : 'passwords of softphones';
      const reason = `somebody tries ${what}: ${worst.tries} wrong ones of ${worst.source}; block that address, and give new passwords if one may be known`;
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

  /** Calls back when a source begins to guess, or goes on after a pause. */
  onGuessing(listener: (guesser: Guesser) => void): () => void {
    return this.#changed.on(listener);
  }

  #forgetTheEldest(now: number): void {
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
