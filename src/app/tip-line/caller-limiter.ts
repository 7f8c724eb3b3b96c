import { admitsNumber, admitsStranger, REMEMBERED_MS, strangersAtOnce } from '../../domain/caller-limits.js';
import type { E164 } from '../../domain/phone-number.js';
import type { Clock } from '../../ports/clock.js';
import type { TrunkLines } from '../dialing/trunk-lines.js';

/** A caller who was admitted. */
export interface AdmittedCaller {
  /** The caller keyed a valid code, and counts as a stranger no longer. */
  recognised(): void;
  /** The call is over. Safe to repeat. */
  over(): void;
}

/** With more numbers than this, numbers without a recent call are forgotten. */
const TIDY_ABOVE = 500;

/** Counts calls for the limits in `domain/caller-limits.ts`. A restart clears the counts. */
export class CallerLimiter {
  readonly #live = new Map<E164, number>();
  /** When calls from each number were admitted, monotonic ms. */
  readonly #admitted = new Map<string, number[]>();
  /** When strangers were admitted, by the operator's address that sent their calls, monotonic ms. */
  readonly #fromSource = new Map<string, number[]>();
  #strangers = 0;

  constructor(
    private readonly clock: Clock,
    private readonly lines: Pick<TrunkLines, 'limits' | 'inUse'>,
  ) {}

  /** Whether one more call from this number is admitted. A withheld number (null) has no limit of its own. */
  admitsNumber(from: E164 | null): boolean {
    if (from === null) return true;
    const live = this.#live.get(from) ?? 0;
    return admitsNumber({ live, letIn: this.#admitted.get(from) ?? [] }, this.clock.monotonic());
  }

  admitsStranger(from: E164 | null, source: string | undefined): boolean {
    const { limits, inUse } = this.lines;
    return admitsStranger(
      {
        live: this.#strangers,
        atOnce: strangersAtOnce({
          tipLines: limits.tipLines,
          free: limits.lines - inUse + this.#strangers,
        }),
        letIn: from === null ? [] : (this.#admitted.get(from) ?? []),
        fromSource: this.#fromSource.get(source ?? '') ?? [],
      },
      this.clock.monotonic(),
    );
  }

  admit(from: E164 | null, stranger: boolean, source: string | undefined): AdmittedCaller {
    if (from !== null) {
      this.#live.set(from, (this.#live.get(from) ?? 0) + 1);
      this.#remember(this.#admitted, from);
    }
    if (stranger) {
      this.#strangers += 1;
      this.#remember(this.#fromSource, source ?? '');
    }
    let countsAsStranger = stranger;
    let up = true;
    const recognised = (): void => {
      if (countsAsStranger) this.#strangers -= 1;
      countsAsStranger = false;
    };
    return {
      recognised,
      over: () => {
        recognised();
        if (up && from !== null) this.#leave(from);
        up = false;
      },
    };
  }

  #leave(from: E164): void {
    const live = (this.#live.get(from) ?? 1) - 1;
    if (live === 0) this.#live.delete(from);
    else this.#live.set(from, live);
  }

  #remember(timesByKey: Map<string, number[]>, key: string): void {
    const now = this.clock.monotonic();
    const isRecent = (time: number): boolean => time > now - REMEMBERED_MS;
    if (timesByKey.size > TIDY_ABOVE)
      for (const [other, times] of timesByKey) if (!times.some(isRecent)) timesByKey.delete(other);
    timesByKey.set(key, [...(timesByKey.get(key) ?? []).filter(isRecent), now]);
  }
}
