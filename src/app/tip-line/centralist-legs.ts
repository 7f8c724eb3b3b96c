import type { CentralistId } from '../../domain/action.js';
import type { Call } from '../../ports/call.js';

/** Calls of centralists for one caller, and whose they are. */
export class CentralistLegs {
  readonly #legs = new Map<Call, CentralistId>();

  add(leg: Call, centralistId: CentralistId): void {
    this.#legs.set(leg, centralistId);
  }

  /** Whose call it is. */
  ofCall(leg: Call): CentralistId | undefined {
    return this.#legs.get(leg);
  }

  async hangUp(leg: Call): Promise<void> {
    this.#legs.delete(leg);
    await leg.hangUp();
  }

  /** Hangs up these; without any named, all. */
  async letGo(legs: readonly Call[] = [...this.#legs.keys()]): Promise<void> {
    await Promise.all(legs.map((leg) => this.hangUp(leg)));
  }

  /** All but this one. */
  beside(leg: Call): readonly Call[] {
    return [...this.#legs.keys()].filter((other) => other !== leg);
  }
}
