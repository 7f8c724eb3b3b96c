import { close, fdatasync, openSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';

/** Time before each sync. Everything that is stored within this time is synced together. */
const INTERVAL_MS = 50;

/**
 * Syncs the write-ahead log to disk in another thread: one sync at a time, and then another for the rows that
 * were stored meanwhile.
 */
export class Syncer {
  #log: number | undefined;
  #wanted = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * `onFailed` is called when the disk did not confirm a sync. Everything stored since the last sync may then
   * be lost with the power, even when a later sync succeeds: Linux reports a failed write once, and may
   * forget the page (https://wiki.postgresql.org/wiki/Fsync_Errors).
   */
  constructor(
    private readonly sqlite: Pick<BetterSqlite3.Database, 'name' | 'memory'>,
    private readonly onFailed: (error: Error) => void,
  ) {}

  soon(): void {
    this.#wanted = true;
    if (this.#timer === undefined && !this.sqlite.memory) this.#timer = setTimeout(this.#sync, INTERVAL_MS);
  }

  /** Stops syncing. Closing the database syncs the rest. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wanted = false;
    this.#closeLog();
  }

  readonly #sync = (): void => {
    this.#wanted = false;
    const log = (this.#log ??= this.#open());
    if (log === undefined) {
      this.#timer = undefined;
      return;
    }
    fdatasync(log, (error) => {
      // The syncer was closed meanwhile.
      if (this.#log !== log) return;
      this.#timer = undefined;
      if (error) {
        this.#closeLog();
        this.onFailed(error);
      }
      if (this.#wanted) this.soon();
    });
  };

  #open(): number | undefined {
    try {
      return openSync(`${this.sqlite.name}-wal`, 'r');
    } catch (error) {
      // There is no log: nothing was written since the last checkpoint.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.onFailed(error as Error);
      return undefined;
    }
  }

  #closeLog(): void {
    const log = this.#log;
    this.#log = undefined;
    if (log !== undefined) close(log, () => undefined);
  }
}
