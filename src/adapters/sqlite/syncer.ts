import { close, fdatasync, openSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';

/** Between two orders to the disk: what is stored within it is taken in together. */
const APART_MS = 50;

/**
 * Has the disk take in what is in the write-ahead log, beside whatever else is done (in another thread). One order at a
 * time, and once more for what came meanwhile.
 */
export class Syncer {
  #log: number | undefined;
  #wanted = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly sqlite: BetterSqlite3.Database) {}

  soon(): void {
    this.#wanted = true;
    if (this.#timer === undefined && !this.sqlite.memory) this.#timer = setTimeout(this.#sync, APART_MS);
  }

  /** What is left is taken in by the closing of the database itself. */
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
      // Closed meanwhile, or the log was made anew: the next order opens it again.
      if (this.#log !== log) return;
      this.#timer = undefined;
      if (this.#wanted) this.soon();
    });
  };

  #open(): number | undefined {
    try {
      return openSync(`${this.sqlite.name}-wal`, 'r');
    } catch {
      // No log: nothing was written since it was taken into the database.
      return undefined;
    }
  }
}
