import type { CentralistId } from '../../domain/action.js';
import type { Call } from '../../ports/call.js';

/** The centralists' call legs for one caller. */
export class CentralistLegs {
  readonly #legs = new Map<Call, CentralistId>();

  add(leg: Call, centralistId: CentralistId): void {
    this.#legs.set(leg, centralistId);
  }

  /** The centralist at the far end of this leg. */
  ofCall(leg: Call): CentralistId | undefined {
    return this.#legs.get(leg);
  }

  async hangUp(leg: Call): Promise<void> {
    this.#legs.delete(leg);
    await leg.hangUp();
  }

  /** Hangs up these legs; all of them by default. */
  async hangUpAll(legs: readonly Call[] = [...this.#legs.keys()]): Promise<void> {
    await Promise.all(legs.map((leg) => this.hangUp(leg)));
  }

  /** All legs but this one. */
  beside(leg: Call): readonly Call[] {
    return [...this.#legs.keys()].filter((other) => other !== leg);
  }
}
