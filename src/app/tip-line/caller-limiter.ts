import { admitsNumber, admitsStranger, REMEMBERED_MS, strangersAtOnce } from '../../domain/caller-limits.js';
import type { E164 } from '../../domain/phone-number.js';
import type { Clock } from '../../ports/clock.js';
import type { TrunkLines } from '../dialing/trunk-lines.js';

/** A caller who was let in. */
export interface AdmittedCaller {
  /** They have shown who they are: they are no stranger any more. */
  recognised(): void;
  /** Their call is over. Safe to repeat. */
  over(): void;
}

/** Above so many remembered numbers those that say nothing any more are forgotten. */
const TIDY_ABOVE = 500;

/** Keeps count of who rings, for `domain/caller-limits.ts`. In memory: a restart forgives everybody. */
export class CallerLimiter {
  readonly #live = new Map<E164, number>();
  /** When each number was let in, and when strangers from each address of the operator were. Monotonic. */
  readonly #letIn = new Map<string, number[]>();
  readonly #fromSource = new Map<string, number[]>();
  #strangers = 0;

  constructor(
    private readonly clock: Clock,
    private readonly lines: Pick<TrunkLines, 'limits' | 'outbound' | 'inbound'>,
  ) {}

  /** Whether one more call from this number may come in; of one that is withheld nothing is known. */
  admitsNumber(from: E164 | null): boolean {
    if (from === null) return true;
    const live = this.#live.get(from) ?? 0;
    return admitsNumber({ live, letIn: this.#letIn.get(from) ?? [] }, this.clock.monotonic());
  }

  admitsStranger(from: E164 | null, source: string | undefined): boolean {
    const { limits, outbound, inbound } = this.lines;
    return admitsStranger(
      {
        live: this.#strangers,
        atOnce: strangersAtOnce({
          tipLines: limits.tipLines,
          free: limits.lines - outbound - inbound + this.#strangers,
        }),
        letIn: from === null ? [] : (this.#letIn.get(from) ?? []),
        fromSource: this.#fromSource.get(source ?? '') ?? [],
      },
      this.clock.monotonic(),
    );
  }

  letIn(from: E164 | null, stranger: boolean, source: string | undefined): AdmittedCaller {
    if (from !== null) {
      this.#live.set(from, (this.#live.get(from) ?? 0) + 1);
      this.#remember(this.#letIn, from);
    }
    if (stranger) {
      this.#strangers += 1;
      this.#remember(this.#fromSource, source ?? '');
    }
    let strange = stranger;
    let up = true;
    const recognised = (): void => {
      if (strange) this.#strangers -= 1;
      strange = false;
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

  #remember(book: Map<string, number[]>, key: string): void {
    const now = this.clock.monotonic();
    const isRecent = (time: number): boolean => time > now - REMEMBERED_MS;
    if (book.size > TIDY_ABOVE) for (const [other, times] of book) if (!times.some(isRecent)) book.delete(other);
    book.set(key, [...(book.get(key) ?? []).filter(isRecent), now]);
  }
}
