import type { Clock } from '../../../ports/clock.js';
import type { OptionsTiming } from './trunk.js';

export interface TrunkOptionsParts extends OptionsTiming {
  readonly clock: Clock;
  /** State of the endpoint that sends OPTIONS; undefined when there is none or Asterisk cannot be asked. */
  readonly ask: () => Promise<string | undefined>;
  readonly onAnswered: (answered: boolean) => void;
}

/**
 * Watches whether the trunk answers OPTIONS. Asterisk reports each change. It is also asked regularly,
 * because it does not repeat a change that it reported before the controller connected. An endpoint is
 * `offline` before its first OPTIONS too, so `offline` counts only after a full round.
 */
export class TrunkOptions {
  #cancel = (): void => undefined;
  #since = 0;
  #running = false;

  constructor(private readonly options: TrunkOptionsParts) {}

  /** Called when Asterisk has been reached. */
  start(): void {
    this.stop();
    this.#running = true;
    this.#since = this.options.clock.monotonic();
    void this.#look();
  }

  /** Called with the contact status of the trunk (`ContactStatusChange`). */
  onContactStatus(status: string | undefined): void {
    if (status === 'Reachable') this.options.onAnswered(true);
    else if (status === 'Unreachable') this.options.onAnswered(false);
  }

  /** Safe to repeat. */
  stop(): void {
    this.#running = false;
    this.#cancel();
  }

  async #look(): Promise<void> {
    const { clock, everyMs, timeoutMs, ask, onAnswered } = this.options;
    const since = this.#since;
    const state = await ask().catch(() => undefined);
    if (!this.#running || since !== this.#since) return;
    if (state === 'online') onAnswered(true);
    else if (state === 'offline' && clock.monotonic() - since > everyMs + timeoutMs) onAnswered(false);
    this.#cancel = clock.after(everyMs, () => void this.#look());
  }
}
