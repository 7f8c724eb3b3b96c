import type { E164 } from '../../domain/phone-number.js';
import { deferred, type Deferred } from '../../lib/deferred.js';
import { Emitter } from '../../lib/emitter.js';
import { heldUntil, type Held } from '../../lib/held.js';

/** A telephone that is kept from new calls. */
export type TelephoneHold = Held;

/** A telephone that is kept for one call, which begins once every other call with that telephone is over. */
export interface Reservation extends TelephoneHold {
  /** Resolves when no other call with the telephone is up, and no earlier reservation stands. */
  readonly free: Promise<void>;
}

interface InUse {
  /** How often new calls of the dialer are kept away from it, without a call. */
  rests: number;
  /** Calls with this telephone that are up now, out and in. */
  calls: number;
  /** In the order in which they were asked for. */
  readonly reservations: Deferred<undefined>[];
}

/**
 * The telephones that are on the line with us, by number: a second call to one of them waits until it is
 * free, for whichever person, action or purpose the first call was made. Only telephones in use are kept, so
 * that a look costs the same however many people are called.
 */
export class Telephones {
  readonly #inUse = new Map<E164, InUse>();
  readonly #freed = new Emitter<E164>();

  /** Whether no call with this telephone is up, and none is about to begin. */
  isFree(phone: E164): boolean {
    return !this.#inUse.has(phone);
  }

  /** A call with this telephone is up from now on, until it is given back. */
  take(phone: E164): TelephoneHold {
    const inUse = this.#of(phone);
    inUse.calls += 1;
    return heldUntil(() => {
      inUse.calls -= 1;
      this.#settle(phone, inUse);
    });
  }

  /** Keeps the dialer away from the telephone until it is given back; a reservation may call it meanwhile. */
  rest(phone: E164): TelephoneHold {
    const inUse = this.#of(phone);
    inUse.rests += 1;
    return heldUntil(() => {
      inUse.rests -= 1;
      this.#settle(phone, inUse);
    });
  }

  /** Keeps the telephone for a call that goes before those of the dialer. */
  reserve(phone: E164): Reservation {
    const inUse = this.#of(phone);
    const free = deferred<undefined>();
    inUse.reservations.push(free);
    this.#settle(phone, inUse);
    return {
      free: free.promise,
      ...heldUntil(() => {
        inUse.reservations.splice(inUse.reservations.indexOf(free), 1);
        this.#settle(phone, inUse);
      }),
    };
  }

  /** Calls back with each telephone that becomes free. */
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
