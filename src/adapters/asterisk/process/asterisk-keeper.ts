import type { Clock } from '../../../ports/clock.js';
import type { Log } from '../../../ports/log.js';
import type { OwnAsterisk } from './asterisk-process.js';

export interface AsteriskKeeperOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Starts it anew, on the same ports and with the same secret. */
  readonly start: () => Promise<OwnAsterisk>;
}

/** Looks this often whether it is there. */
const LOOK_MS = 5_000;
/**
 * Once it was started or found, and when the link to it was lost, it is looked at after these: one that dies closes its
 * connections a moment before its process is gone.
 */
const SOON_MS = [50, 100, 200, 500, 1_000, 2_000] as const;
const BACKOFF_MS = [0, 500, 1_000, 2_000, 5_000] as const;

/** Keeps our own Asterisk running: one that died is started anew, for ever, with a capped back-off. */
export class AsteriskKeeper {
  #cancel = (): void => undefined;
  #failures = 0;
  #starting: Promise<void> | undefined;
  /** It is gone, and is started anew in a moment. */
  #due = false;
  #closed = false;
  #why = '';

  constructor(
    private asterisk: OwnAsterisk,
    private readonly options: AsteriskKeeperOptions,
  ) {
    this.#lookAfter(SOON_MS);
  }

  /** Why the last start failed; empty while it runs, or is started for the first time. */
  get whyNotStarted(): string {
    return this.#why;
  }

  /** The link to it was lost: looks at once. */
  look(): void {
    if (this.#closed || this.#starting || this.#due) return;
    this.#cancel();
    this.#look(SOON_MS);
  }

  /** No more starts; ends the Asterisk that there is, unless it is to be left running. */
  async close(options: { readonly leaveRunning: boolean }): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#starting;
    if (!options.leaveRunning) await this.asterisk.stop();
  }

  /** `waits` are those before the next looks. */
  #look(waits: readonly number[]): void {
    if (this.asterisk.isRunning()) {
      // One that has lasted for a while; not one that dies as soon as it has started.
      if (waits.length === 0) this.#failures = 0;
      this.#lookAfter(waits);
      return;
    }
    const wait = BACKOFF_MS[Math.min(this.#failures++, BACKOFF_MS.length - 1)] ?? 0;
    this.options.log.error('asterisk is gone; starting it anew', { pid: this.asterisk.pid, waitMs: wait });
    this.#due = true;
    this.#cancel = this.options.clock.after(wait, () => {
      this.#due = false;
      this.#starting = this.#start();
    });
  }

  async #start(): Promise<void> {
    try {
      this.asterisk = await this.options.start();
      this.#why = '';
      this.#lookAfter(SOON_MS);
    } catch (error) {
      this.#why = error instanceof Error ? error.message : String(error);
      this.options.log.error('asterisk could not be started', { error: String(error) });
      this.#lookAfter([0]);
    } finally {
      this.#starting = undefined;
    }
  }

  #lookAfter([wait = LOOK_MS, ...waits]: readonly number[]): void {
    if (this.#closed) return;
    this.#cancel = this.options.clock.after(wait, () => {
      this.#look(waits);
    });
  }
}
