import type { CallId } from '../../../ports/call.js';

/**
 * As many as there are lines at the most. No more than needed: what a call does not have, Asterisk looks for among all of its
 * global variables.
 */
const PLACES = 500;
/** So many calls whose numbers fall on one place can be up at once, each with a place of its own. */
const AT_ONCE = 4;
/** Where the end of a call goes that nobody asks for, or for which there is no other place. */
export const FORGOTTEN = 'BURGERNET_END_FORGOTTEN';

/**
 * Global variables of Asterisk in one of which the end of this call is kept (asterisk-config/alert.conf). They
 * follow from its id, so that a later process knows them; in which of them it is, what stands there tells.
 */
export function callResultSlots(id: CallId): readonly string[] {
  const first = firstOf(id);
  return Array.from({ length: AT_ONCE }, (_, round) => placeOf(first, round));
}

const firstOf = (id: CallId): number => Number(/(\d{1,15})$/.exec(id)?.[1] ?? 0) % PLACES;
const placeOf = (first: number, round: number): string => `BURGERNET_END_${first + round * PLACES}`;

/** Where the ends of calls are kept that are up at the same time: no two in the same place. */
export class CallResultSlots {
  readonly #held = new Map<string, CallId>();
  readonly #ofCall = new Map<CallId, string>();

  /** A place for a call that is ordered now. */
  take(id: CallId): string {
    const first = firstOf(id);
    for (let round = 0; round < AT_ONCE; round++) {
      const place = placeOf(first, round);
      if (this.#keep(place, id)) return place;
    }
    return FORGOTTEN;
  }

  /** A call that an earlier process ordered: it has the first of its places, unless that was taken. */
  hold(id: CallId): void {
    this.#keep(placeOf(firstOf(id), 0), id);
  }

  /** The call is over, and what became of it is known. */
  free(id: CallId): void {
    const place = this.#ofCall.get(id);
    if (place === undefined) return;
    this.#ofCall.delete(id);
    this.#held.delete(place);
  }

  #keep(place: string, id: CallId): boolean {
    if (this.#held.has(place)) return false;
    this.#held.set(place, id);
    this.#ofCall.set(id, place);
    return true;
  }
}
