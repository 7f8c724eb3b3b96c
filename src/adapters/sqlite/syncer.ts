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

  constructor(private readonly sqlite: BetterSqlite3.Database) {}

  soon(): void {
    this.#wanted = true;
    if (this.#timer === undefined && !this.sqlite.memory) this.#timer = setTimeout(this.#sync, INTERVAL_MS);
  }

  /** Stops syncing. Closing the database syncs the rest. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wanted = false;
    const log = this.#log;
    this.#log = undefined;
    if (log !== undefined) close(log, () => undefined);
  }

  readonly #sync = (): void => {
    this.#wanted = false;
    const log = (this.#log ??= this.#open());
    if (log === undefined) {
      this.#timer = undefined;
      return;
    }
    fdatasync(log, () => {
      // The syncer was closed meanwhile.
      if (this.#log !== log) return;
      this.#timer = undefined;
      if (this.#wanted) this.soon();
    });
  };

  #open(): number | undefined {
    try {
      return openSync(`${this.sqlite.name}-wal`, 'r');
    } catch {
      // There is no log: nothing was written since the last checkpoint.
      return undefined;
    }
  }
}
