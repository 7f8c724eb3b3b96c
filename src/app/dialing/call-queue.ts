import type { E164 } from '../../domain/phone-number.js';
import { Heap } from '../../lib/heap.js';
import { Queue } from '../../lib/queue.js';
import { wasRefused, type Person, type Ready, type Waiting } from './person.js';

/** Whether a telephone can be called now. */
export type IsTelephoneFree = (phone: E164) => boolean;

/** The person to call now, and the telephone. */
export interface NextCall {
  readonly person: Person;
  readonly phone: E164;
}

/** An entry in a heap. It counts only while the person is still in exactly this state. */
interface Wait {
  readonly person: Person;
  readonly state: Waiting;
}

/**
 * The people whom a campaign can call now or later, in calling order:
 *
 *   1  postponed first tries that are due
 *   2  postponed first tries that are due, of people whose last call the operator refused
 *   3  first tries
 *   4  retries that are due
 *   5  retries that are due, of people whose last call the operator refused
 *
 * An entry whose person has changed state is skipped when it comes up. Times are monotonic ms.
 */
export class CallQueue {
  readonly #postponed = new Heap<Wait>(earliest);
  readonly #refused = new Heap<Wait>(earliest);
  readonly #first = new Queue<Person>();
  readonly #retries = new Heap<Wait>(earliest);
  readonly #refusedRetries = new Heap<Wait>(earliest);

  /** `park` receives each person who is next but whose telephone is not free. */
  constructor(private readonly park: (person: Person, state: Ready | Waiting) => void) {}

  /** Adds a person who can be called now, after those who are in the queue. */
  add(person: Person): void {
    this.#first.push(person);
  }

  /** Adds a person who waits until a time. */
  addWaiting(person: Person, state: Waiting): void {
    const [first, retries] = wasRefused(person)
      ? [this.#refused, this.#refusedRetries]
      : [this.#postponed, this.#retries];
    (state.retry ? retries : first).push({ person, state });
  }

  /** Puts back a person who was taken but could not be called, in front of the others. */
  putBack(person: Person): void {
    if (person.state.type === 'waiting') this.addWaiting(person, person.state);
    else this.#first.putBack(person);
  }

  /**
   * Takes the next person. With `others`, people whose last call the operator refused are left in the queue.
   */
  take(now: number, isFree: IsTelephoneFree, who: 'all' | 'others'): NextCall | undefined {
    const due = (waits: Heap<Wait>): NextCall | undefined => this.#takeDue(waits, now, isFree);
    const refused = (waits: Heap<Wait>): NextCall | undefined => (who === 'all' ? due(waits) : undefined);
    return (
      due(this.#postponed) ??
      refused(this.#refused) ??
      this.#takeFirst(isFree) ??
      due(this.#retries) ??
      refused(this.#refusedRetries)
    );
  }

  /** When the next waiting person is due; undefined when nobody waits for a time. */
  nextDueAt(): number | undefined {
    const due = this.#waits.flatMap((waits) => nextOf(waits)?.state.until ?? []);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  clear(): void {
    this.#first.clear();
    for (const waits of this.#waits) waits.clear();
  }

  #takeFirst(isFree: IsTelephoneFree): NextCall | undefined {
    for (let person = this.#first.shift(); person; person = this.#first.shift()) {
      if (person.state.type !== 'ready') continue;
      const { phone } = person.state;
      if (isFree(phone)) return { person, phone };
      this.park(person, person.state);
    }
    return undefined;
  }

  #takeDue(waits: Heap<Wait>, now: number, isFree: IsTelephoneFree): NextCall | undefined {
    for (let next = nextOf(waits); next && next.state.until <= now; next = nextOf(waits)) {
      waits.pop();
      const { person, state } = next;
      if (isFree(state.phone)) return { person, phone: state.phone };
      this.park(person, state);
    }
    return undefined;
  }

  get #waits(): readonly Heap<Wait>[] {
    return [this.#postponed, this.#retries, this.#refused, this.#refusedRetries];
  }
}

/** Earliest first; of people who are due together, in calling order. */
function earliest(a: Wait, b: Wait): number {
  return a.state.until - b.state.until || a.person.place - b.person.place;
}

/** The earliest entry that still counts. Entries before it that no longer count are removed. */
function nextOf(waits: Heap<Wait>): Wait | undefined {
  for (let wait = waits.peek(); wait; wait = waits.peek()) {
    if (wait.person.state === wait.state) return wait;
    waits.pop();
  }
  return undefined;
}
