import type { CallId } from '../../../ports/call.js';

/**
 * Number of first slots. On more lines than this, calls share first slots. More slots would cost time,
 * because Asterisk searches all its global variables for each variable that a call does not have.
 */
const SLOTS = 500;
/** Each call can use this many slots, its first slot included. */
const SLOTS_PER_CALL = 4;
/** For a result that is not needed, and for a call whose slots are all in use. */
export const NO_SLOT = 'BURGERNET_END_FORGOTTEN';

/**
 * The global variables of Asterisk that may hold the result of this call (asterisk-config/alert.conf). They
 * follow from the call id, so that a later process knows them. Each stored result starts with its call id.
 */
export function callResultSlots(id: CallId): readonly string[] {
  const first = firstOf(id);
  return Array.from({ length: SLOTS_PER_CALL }, (_, round) => slotOf(first, round));
}

const firstOf = (id: CallId): number => Number(/(\d{1,15})$/.exec(id)?.[1] ?? 0) % SLOTS;
const slotOf = (first: number, round: number): string => `BURGERNET_END_${first + round * SLOTS}`;

/**
 * Gives each live call a slot of its own. If five live calls share their slots, the result of the fifth is
 * not kept, and after a crash that attempt becomes `interrupted` and is retried.
 */
export class CallResultSlots {
  readonly #inUse = new Set<string>();
  readonly #ofCall = new Map<CallId, string>();

  /** Takes a free slot for a call that is about to be originated. */
  take(id: CallId): string {
    const first = firstOf(id);
    for (let round = 0; round < SLOTS_PER_CALL; round++) {
      const slot = slotOf(first, round);
      if (this.#use(slot, id)) return slot;
    }
    return NO_SLOT;
  }

  /** Reserves the first slot of a call that an earlier process originated, unless another call has it. */
  reserve(id: CallId): void {
    this.#use(slotOf(firstOf(id), 0), id);
  }

  /** The call is over, and its result is known. */
  free(id: CallId): void {
    const slot = this.#ofCall.get(id);
    if (slot === undefined) return;
    this.#ofCall.delete(id);
    this.#inUse.delete(slot);
  }

  #use(slot: string, id: CallId): boolean {
    if (this.#inUse.has(slot)) return false;
    this.#inUse.add(slot);
    this.#ofCall.set(id, slot);
    return true;
  }
}
