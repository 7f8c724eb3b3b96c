import type { Clock } from '../../../ports/clock.js';
import type { OptionsTiming } from './trunk-watch.js';

export interface TrunkOptionsParts extends OptionsTiming {
  readonly clock: Clock;
  /** State of the endpoint by which the trunk is asked; undefined when Asterisk has none, or cannot be asked. */
  readonly ask: () => Promise<string | undefined>;
  readonly onAnswered: (answered: boolean) => void;
}

/**
 * Whether the trunk answers OPTIONS. Asterisk tells each change; and it is asked now and then, because it does not tell
 * anew what changed before we listened. Before its first OPTIONS an endpoint is `offline` as well, which says nothing.
 */
export class TrunkOptions {
  #cancel = (): void => undefined;
  #since = 0;
  #running = false;

  constructor(private readonly options: TrunkOptionsParts) {}

  /** Asterisk has been reached. */
  start(): void {
    this.stop();
    this.#running = true;
    this.#since = this.options.clock.monotonic();
    void this.#look();
  }

  /** An event of Asterisk about the contact. */
  changed(status: string | undefined): void {
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
