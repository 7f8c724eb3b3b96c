import type { E164 } from '../../domain/phone-number.js';
import { deferred, type Deferred } from '../../lib/deferred.js';
import { Emitter } from '../../lib/emitter.js';
import { createHold, type Hold } from '../../lib/held.js';

/** Keeps new calls of the dialer away from a telephone until it is released. */
export type TelephoneHold = Hold;

/** Reserves a telephone for one call, which begins once every other call with that telephone is over. */
export interface Reservation extends TelephoneHold {
  /** Resolves when no call with the telephone is live and no earlier reservation is left. */
  readonly free: Promise<void>;
}

interface InUse {
  /** Holds that keep new calls of the dialer away, without a call. */
  rests: number;
  /** Live calls with this telephone, outbound and inbound. */
  calls: number;
  /** In the order in which they were made. */
  readonly reservations: Deferred<undefined>[];
}

/**
 * The telephones that have a call with us, by number. A second call to such a telephone waits until the first
 * is over, whatever the person, action and purpose of the two calls. Only telephones in use are kept, so that
 * a look-up costs the same however many people are called.
 */
export class Telephones {
  readonly #inUse = new Map<E164, InUse>();
  readonly #freed = new Emitter<E164>();

  /** Whether the telephone has no live call, and is neither held nor reserved. */
  isFree(phone: E164): boolean {
    return !this.#inUse.has(phone);
  }

  /** Counts a live call with the telephone, until the hold is released. */
  take(phone: E164): TelephoneHold {
    const inUse = this.#of(phone);
    inUse.calls += 1;
    return createHold(() => {
      inUse.calls -= 1;
      this.#settle(phone, inUse);
    });
  }

  /**
   * Keeps the dialer away from the telephone until the hold is released. Reserved calls are allowed
   * meanwhile.
   */
  rest(phone: E164): TelephoneHold {
    const inUse = this.#of(phone);
    inUse.rests += 1;
    return createHold(() => {
      inUse.rests -= 1;
      this.#settle(phone, inUse);
    });
  }

  /** Reserves the telephone for a call that takes precedence over calls of the dialer. */
  reserve(phone: E164): Reservation {
    const inUse = this.#of(phone);
    const free = deferred<undefined>();
    inUse.reservations.push(free);
    this.#settle(phone, inUse);
    return {
      free: free.promise,
      ...createHold(() => {
        inUse.reservations.splice(inUse.reservations.indexOf(free), 1);
        this.#settle(phone, inUse);
      }),
    };
  }

  /** Calls the listener with each telephone that becomes free. */
  onFreed(listener: (phone: E164) => void): () => void {
    return this.#freed.on(listener);
  }

  #of(phone: E164): InUse {
    const known = this.#inUse.get(phone);
    if (known) return known;
    const inUse: InUse = { calls: 0, rests: 0, reservations: [] };
    this.#inUse.set(phone, inUse);
    return inUse;
  }

  #settle(phone: E164, { calls, rests, reservations }: InUse): void {
    if (calls > 0) return;
    const [first] = reservations;
    if (first) {
      first.resolve(undefined);
      return;
    }
    if (rests > 0) return;
    this.#inUse.delete(phone);
    this.#freed.emit(phone);
  }
}
