import type { Clock } from '../../../ports/clock.js';
import type { Log } from '../../../ports/log.js';
import type { OwnAsterisk } from './asterisk-process.js';

export interface AsteriskKeeperOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Starts Asterisk again, on the same ports and with the same password. */
  readonly start: () => Promise<OwnAsterisk>;
}

/** Interval between two checks. */
const LOOK_MS = 5_000;
/**
 * Waits before the first checks after a start or a lost link. They are short, because a dying Asterisk closes
 * its connections a moment before its process is gone.
 */
const SOON_MS = [50, 100, 200, 500, 1_000, 2_000] as const;
const BACKOFF_MS = [0, 500, 1_000, 2_000, 5_000] as const;

/** Keeps our own Asterisk running: starts it again whenever it has died, with a capped back-off. */
export class AsteriskKeeper {
  #cancel = (): void => undefined;
  #failures = 0;
  #starting: Promise<void> | undefined;
  /** Asterisk is gone, and a start is scheduled. */
  #startScheduled = false;
  #closed = false;
  #why = '';

  constructor(
    private asterisk: OwnAsterisk,
    private readonly options: AsteriskKeeperOptions,
  ) {
    this.#lookAfter(SOON_MS);
  }

  /** Why the last start failed; empty while Asterisk runs, or before any start has failed. */
  get whyNotStarted(): string {
    return this.#why;
  }

  /** Checks at once, because the link to Asterisk was lost. */
  look(): void {
    if (this.#closed || this.#starting || this.#startScheduled) return;
    this.#cancel();
    this.#look(SOON_MS);
  }

  /** Stops keeping Asterisk running, and stops Asterisk itself unless `leaveRunning`. */
  async close(options: { readonly leaveRunning: boolean }): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#starting;
    if (!options.leaveRunning) await this.asterisk.stop();
  }

  /** @param waits waits before the next checks, ms */
  #look(waits: readonly number[]): void {
    if (this.asterisk.isRunning()) {
      // This Asterisk has run for a while, so its next death starts a new back-off.
      if (waits.length === 0) this.#failures = 0;
      this.#lookAfter(waits);
      return;
    }
    const wait = BACKOFF_MS[Math.min(this.#failures++, BACKOFF_MS.length - 1)] ?? 0;
    this.options.log.error('asterisk is gone; starting it again', { pid: this.asterisk.pid, waitMs: wait });
    this.#startScheduled = true;
    this.#cancel = this.options.clock.after(wait, () => {
      this.#startScheduled = false;
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
