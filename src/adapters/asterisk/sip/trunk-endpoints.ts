import type { E164 } from '../../../domain/phone-number.js';

/** So many that few of some hundred calls share one; each costs a hundred bytes of configuration. */
const COUNT = 16;

/** The endpoints by which we call (asterisk-config/pjsip.conf). */
export const TRUNK_OUTS: readonly string[] = Array.from({ length: COUNT }, (_, index) => nameOf(index));

/** The endpoint by which we call an operator that refuses session timers. */
const WITHOUT_TIMER = 'trunk-out-plain';

/** As soon as so many numbers refused a session timer, it is the operator that refuses, and no call offers one any more. */
const REFUSED_BY_ALL = 3;

/** Calls take them in turn. */
export class TrunkEndpoints {
  #calls = 0;
  readonly #refusedBy = new Set<E164>();

  next(number: E164): string {
    const refused = this.#refusedBy.has(number) || this.#refusedBy.size >= REFUSED_BY_ALL;
    return refused ? WITHOUT_TIMER : nameOf(this.#calls++ % COUNT);
  }

  /** A call to this number was refused for its session timer: the next is offered none. */
  refusedTimer(number: E164): void {
    if (this.#refusedBy.size < REFUSED_BY_ALL) this.#refusedBy.add(number);
  }
}

function nameOf(index: number): string {
  return `trunk-out-${index}`;
}

/** The endpoint by which the trunk is asked by OPTIONS. No call goes by it. */
export const TRUNK_OPTIONS = 'trunk-options';
