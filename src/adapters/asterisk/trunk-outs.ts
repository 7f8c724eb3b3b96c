/** So many that few of some hundred calls share one; each costs a hundred bytes of configuration. */
const COUNT = 16;

/** The endpoints by which we call (asterisk-config/pjsip.conf). */
export const TRUNK_OUTS: readonly string[] = Array.from({ length: COUNT }, (_, index) => nameOf(index));

/** Calls take them in turn. */
export class TrunkTurns {
  #calls = 0;

  next(): string {
    return nameOf(this.#calls++ % COUNT);
  }
}

function nameOf(index: number): string {
  return `trunk-out-${index}`;
}
