import Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { demandCleanLogs, scanOwnLogs } from './log-scan.js';
import type { Context, RootHookObject, Suite } from 'mocha';

/**
 * Test files run in parallel, except those in `test/alone`, which load the machine and assert times, and
 * therefore wait until no other test runs. The lock is a lock of SQLite
 * (https://sqlite.org/lockingv3.html): readers share the lock, and a writer has it alone and goes before new
 * readers. The death of a process releases its lock.
 */
const FOLDER = join('node_modules', '.cache', 'burgernet');
const ALONE = join('test', 'alone');
const LONGEST_WAIT_MS = 30 * 60_000;

let machine: Database.Database | undefined;

function isAlone(root: Suite | undefined): boolean {
  return root?.suites.some(({ file }) => file?.includes(ALONE)) === true;
}

scanOwnLogs();

export const mochaHooks: RootHookObject = {
  beforeAll(this: Context) {
    this.timeout(LONGEST_WAIT_MS);
    mkdirSync(FOLDER, { recursive: true });
    machine = new Database(join(FOLDER, 'machine.db'), { timeout: LONGEST_WAIT_MS });
    if (isAlone(this.test?.parent)) machine.exec('BEGIN EXCLUSIVE');
    else machine.exec('BEGIN; SELECT * FROM sqlite_schema');
  },
  afterAll() {
    machine?.close();
    machine = undefined;
    demandCleanLogs();
  },
};
