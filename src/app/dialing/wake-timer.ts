import type { Clock } from '../../ports/clock.js';

/** One timer, which runs out at the earliest of the times that were asked for. */
export class WakeTimer {
  #at: number | undefined;
  #cancel = (): void => undefined;

  constructor(
    private readonly clock: Clock,
    private readonly onWake: () => void,
  ) {}

  /** Runs out at this time, monotonic ms, or earlier if that was asked for before. */
  wakeAt(at: number): void {
    if (this.#at !== undefined && this.#at <= at) return;
    this.#cancel();
    this.#at = at;
    this.#cancel = this.clock.after(Math.max(0, at - this.clock.monotonic()), () => {
      this.#at = undefined;
      this.onWake();
    });
  }

  cancel(): void {
    this.#cancel();
    this.#at = undefined;
  }
}
