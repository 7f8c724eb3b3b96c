import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'chai';
import { openDatabase } from '../../../src/adapters/sqlite/database.js';
import { asProblem } from '../../../src/adapters/sqlite/problems.js';
import { Problem } from '../../../src/domain/problem.js';
import {
  addDraft,
  addPerson,
  freshStores,
  inFolder,
  lastMigration,
  MIGRATIONS,
  mobile,
  withLaterMigration,
} from './support/fixtures.js';

/** ms UTC. Eleven migrations were made between this time and 0.1.0, which has one for all of them. */
const FIRST_MIGRATION_BEFORE_0_1_0 = 1_795_453_035_648;

function problemOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('database', () => {
  it('uses a write-ahead log, waits for the disk at every commit and checks foreign keys', async () => {
    await inFolder((folder) => {
      const { db } = freshStores(join(folder, 'burgernet.db'));
      const pragma = (name: string) => db.sqlite.pragma(name, { simple: true });
      expect(pragma('journal_mode')).to.equal('wal');
      expect(pragma('synchronous')).to.equal(2);
      expect(pragma('foreign_keys')).to.equal(1);
      expect(pragma('busy_timeout')).to.equal(2_000);
      db.withoutSync(() => expect(pragma('synchronous')).to.equal(1));
      expect(pragma('synchronous')).to.equal(2);
      db.close();
    });
  });

  it('has defaults for the priority, plan, team and network of an action', () => {
    const stores = freshStores();
    stores.db.sqlite.exec(`
      INSERT INTO centralist (name, extension, sip_username, sip_password, created_at) VALUES ('Desk', '21', 'd', 'x', 0);
      INSERT INTO action (number, kind, title, description, area, centralist_id, time_critical, clear_description,
        message_version, state, created_at)
      VALUES (1, 'theft', 'Fiets', 'Rood', '{"parts":[]}', 1, 1, 1, 1, 'draft', 0);
      INSERT INTO action_message (action_id, version, text, sound_id, seconds) VALUES (1, 1, 'Let op', 's', 8);`);
    expect(stores.actions.get(1)).to.deep.include({ title: 'Fiets', priority: false, plan: null, team: [] });
    expect(stores.actions.get(1)).to.include({ simulated: false, titleSoundId: null, leftAtClose: null });
    stores.close();
  });

  for (const [which, applied] of [
    ['the first', 1],
    ['some', 6],
    ['all', 11],
  ] as const) {
    it(`refuses a database from before 0.1.0 with ${which} of its migrations, and leaves it as it was`, async () => {
      await inFolder((folder) => {
        const file = join(folder, 'burgernet.db');
        const old = new BetterSqlite3(file);
        old.exec('CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)');
        old.exec(`CREATE TABLE centralist (name text); INSERT INTO centralist VALUES ('Desk')`);
        const insert = old.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)');
        for (let n = 0; n < applied; n++) insert.run(`hash-${n}`, FIRST_MIGRATION_BEFORE_0_1_0 + n);
        old.close();
        const problem = problemOf(() => openDatabase(file, { migrationsFolder: MIGRATIONS }));
        expect(problem.code).to.equal('conflict');
        expect(problem.message).to.contain('from before 0.1.0').and.contain('empty data folder');
        const untouched = new BetterSqlite3(file);
        const tables = untouched.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`).pluck();
        expect(tables.all()).to.deep.equal(['__drizzle_migrations', 'centralist']);
        expect(untouched.prepare('SELECT name FROM centralist').pluck().all()).to.deep.equal(['Desk']);
        untouched.close();
        expect(readdirSync(folder).filter((name) => name.includes('.before-'))).to.deep.equal([]);
      });
    });
  }

  it('keeps its rows and its name when it is opened again', async () => {
    await inFolder((folder) => {
      const file = join(folder, 'burgernet.db');
      const first = freshStores(file);
      addPerson(first, [mobile(1)]);
      first.close();
      first.close();
      const second = freshStores(file);
      expect(second.participants.count()).to.equal(1);
      expect(second.instanceId)
        .to.equal(first.instanceId)
        .and.to.match(/^[0-9a-f]{8}$/);
      second.close();
    });
  });

  it('takes a given name only when it has none', async () => {
    await inFolder((folder) => {
      const file = join(folder, 'burgernet.db');
      for (const instance of ['desk-a', 'desk-b']) {
        const db = openDatabase(file, { migrationsFolder: MIGRATIONS, instance });
        expect(db.instanceId).to.equal('desk-a');
        db.close();
      }
    });
  });

  it('can be read only by its owner', async () => {
    await inFolder((folder) => {
      const stores = freshStores(join(folder, 'burgernet.db'));
      for (const name of ['burgernet.db', 'burgernet.db-wal', 'burgernet.db-shm']) {
        expect(statSync(join(folder, name)).mode & 0o777, name).to.equal(0o600);
      }
      stores.close();
    });
  });

  it('has no write-ahead log after it was closed', async () => {
    await inFolder((folder) => {
      const file = join(folder, 'burgernet.db');
      const stores = freshStores(file);
      addPerson(stores, [mobile(1)]);
      stores.close();
      expect(() => statSync(`${file}-wal`)).to.throw('ENOENT');
    });
  });

  it('is healthy only while it can be written, not when it is closed or read-only', () => {
    const stores = freshStores();
    expect(stores.healthy()).to.equal(true);
    stores.db.sqlite.pragma('query_only = ON');
    expect(stores.healthy()).to.equal(false);
    stores.close();
    expect(stores.healthy()).to.equal(false);
  });

  it('is refused unchanged when a newer program wrote it', async () => {
    await inFolder((folder) => {
      const file = join(folder, 'burgernet.db');
      openDatabase(file, { migrationsFolder: withLaterMigration(folder, lastMigration() + 1) }).close();
      const problem = problemOf(() => openDatabase(file, { migrationsFolder: MIGRATIONS }));
      expect(problem.code).to.equal('conflict');
      expect(problem.message).to.contain('newer than this program');
      const untouched = new BetterSqlite3(file);
      expect(untouched.prepare('SELECT count(*) FROM later').pluck().get()).to.equal(0);
      untouched.close();
    });
  });

  it('keeps its rows when a newer program applies a later migration', async () => {
    await inFolder((folder) => {
      const file = join(folder, 'burgernet.db');
      const old = freshStores(file);
      addPerson(old, [mobile(1)]);
      old.close();
      const db = openDatabase(file, { migrationsFolder: withLaterMigration(folder, lastMigration() + 1) });
      expect(db.sqlite.prepare('SELECT count(*) FROM later').pluck().get()).to.equal(0);
      expect(db.sqlite.prepare('SELECT count(*) FROM phone').pluck().get()).to.equal(1);
      db.close();
    });
  });

  it('is copied before a migration, of which three copies are kept; a new database is not copied', async () => {
    await inFolder((folder) => {
      const file = join(folder, 'burgernet.db');
      const old = freshStores(file);
      addPerson(old, [mobile(1)]);
      old.close();
      const copies = (): string[] => readdirSync(folder).filter((name) => name.includes('.before-'));
      expect(copies()).to.deep.equal([]);
      for (const name of ['0001_a', '0002_b', '0003_c']) writeFileSync(`${file}.before-${name}`, 'older');
      const past = new Date(1_000_000);
      utimesSync(`${file}.before-0002_b`, past, past);
      openDatabase(file, { migrationsFolder: withLaterMigration(folder, lastMigration() + 1) }).close();
      expect(copies().toSorted()).to.deep.equal(
        ['0001_a', '0003_c', '9999_later'].map((name) => `burgernet.db.before-${name}`),
      );
      const copy = freshStores(`${file}.before-9999_later`);
      expect(copy.participants.byPhone(mobile(1))).to.have.length(1);
      copy.close();
      expect(statSync(`${file}.before-9999_later`).mode & 0o777).to.equal(0o600);
      // The next start has nothing to migrate.
      rmSync(`${file}.before-9999_later`);
      openDatabase(file, { migrationsFolder: join(folder, 'migrations') }).close();
      expect(copies()).to.have.length(2);
    });
  });

  it('is not migrated when it cannot be copied first', async () => {
    await inFolder((folder) => {
      const file = join(folder, 'burgernet.db');
      const old = freshStores(file);
      addPerson(old, [mobile(1)]);
      old.close();
      mkdirSync(`${file}.before-9999_later`);
      writeFileSync(join(`${file}.before-9999_later`, 'in the way'), '');
      const problem = problemOf(() =>
        openDatabase(file, { migrationsFolder: withLaterMigration(folder, lastMigration() + 1) }),
      );
      expect(problem.code).to.equal('unavailable');
      expect(problem.message).to.include('no copy of it can be made');
      const asItWas = freshStores(file);
      expect(asItWas.participants.byPhone(mobile(1))).to.have.length(1);
      asItWas.close();
      expect(readdirSync(folder).filter((name) => name.endsWith('.making'))).to.deep.equal([]);
    });
  });

  it('names a migration that was skipped because it is older than an applied one', async () => {
    await inFolder((folder) => {
      const file = join(folder, 'burgernet.db');
      freshStores(file).close();
      const older = withLaterMigration(folder, lastMigration() - 1);
      expect(() => openDatabase(file, { migrationsFolder: older })).to.throw('9999_later was not applied');
    });
  });

  it('is unavailable when its folder does not exist', () => {
    const problem = problemOf(() => openDatabase('/nowhere/at/all.db', { migrationsFolder: MIGRATIONS }));
    expect(problem.code).to.equal('unavailable');
  });

  it('is unavailable when its file is not a database', async () => {
    await inFolder((folder) => {
      const file = join(folder, 'burgernet.db');
      writeFileSync(file, 'a letter to the mayor, longer than the header that a database begins with. '.repeat(20));
      const problem = problemOf(() => openDatabase(file, { migrationsFolder: MIGRATIONS }));
      expect(problem.code).to.equal('unavailable');
      expect(problem.message).to.contain('not a database');
    });
  });
});

describe('database that cannot be written', () => {
  for (const code of ['SQLITE_BUSY', 'SQLITE_FULL', 'SQLITE_READONLY_DBMOVED', 'SQLITE_IOERR_WRITE']) {
    it(`has a sentence for the operator for ${code}`, () => {
      const error = asProblem(new BetterSqlite3.SqliteError('raw words', code));
      expect(error).to.be.instanceOf(Problem).with.property('code', 'unavailable');
      expect((error as Problem).message)
        .to.match(/the (database|disk) .+/)
        .and.not.contain('SQLITE');
    });
  }

  it('is unavailable while a database tool holds the lock, and works again afterwards', async () => {
    await inFolder((folder) => {
      const file = join(folder, 'burgernet.db');
      const stores = freshStores(file);
      stores.db.sqlite.pragma('busy_timeout = 1');
      const tool = new BetterSqlite3(file);
      tool.exec('BEGIN IMMEDIATE');
      expect(problemOf(() => addPerson(stores, [mobile(1)])).code).to.equal('unavailable');
      expect(problemOf(() => addDraft(stores)).code).to.equal('unavailable');
      expect(stores.healthy()).to.equal(false);
      tool.exec('ROLLBACK');
      tool.close();
      expect(addPerson(stores, [mobile(1)]).id).to.equal(1);
      stores.close();
    });
  });

  it('makes only the first write wait for a lock, and recovers by itself', async () => {
    await inFolder((folder) => {
      const file = join(folder, 'burgernet.db');
      const stores = freshStores(file);
      const wait = (): number => Number(stores.db.sqlite.pragma('busy_timeout', { simple: true }));
      const patient = wait();
      expect(stores.blockedBy()).to.equal('');
      stores.db.sqlite.pragma('busy_timeout = 1');
      const tool = new BetterSqlite3(file);
      tool.exec('BEGIN IMMEDIATE');
      const problem = problemOf(() => addPerson(stores, [mobile(1)]));
      expect(stores.blockedBy()).to.equal(problem.message);
      expect(wait()).to.be.lessThan(20);
      tool.exec('ROLLBACK');
      tool.close();
      expect(stores.blockedBy()).to.equal('');
      expect(wait()).to.equal(patient);
      stores.close();
    });
  });

  it('calls its listeners once, just after the first failure', async () => {
    const stores = freshStores();
    let calls = 0;
    const off = stores.onBlocked(() => (calls += 1));
    stores.db.sqlite.pragma('query_only = ON');
    for (let n = 1; n < 4; n++) problemOf(() => addPerson(stores, [mobile(n)]));
    expect(calls, 'not within the statement that failed').to.equal(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).to.equal(1);
    stores.db.sqlite.pragma('query_only = OFF');
    expect(stores.blockedBy()).to.equal('');
    stores.db.sqlite.pragma('query_only = ON');
    expect(stores.healthy(), 'a health check notices the failure too').to.equal(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).to.equal(2);
    off();
    stores.close();
  });

  it('counts as writable again once a whole call fits on the disk, not just one updated row', () => {
    const stores = freshStores();
    const { sqlite } = stores.db;
    const pages = (): number => Number(sqlite.pragma('page_count', { simple: true }));
    sqlite.pragma(`max_page_count = ${pages()}`);
    expect(() => {
      for (let n = 0; ; n++) addPerson(stores, [mobile(n)], ['8251AB'], 'Een heel lange naam '.repeat(100));
    }).to.throw(Problem);
    expect(stores.blockedBy()).to.contain('full');
    sqlite.pragma(`max_page_count = ${pages() + 2}`);
    expect(stores.blockedBy()).to.contain('full');
    sqlite.pragma(`max_page_count = ${pages() + 100}`);
    expect(stores.blockedBy()).to.equal('');
    expect(sqlite.prepare(`SELECT count(*) FROM meta WHERE key = 'room'`).pluck().get()).to.equal(0);
    stores.close();
  });

  it('is unavailable on a full disk, and stores nothing of a transaction that failed', () => {
    const stores = freshStores();
    const pages = Number(stores.db.sqlite.pragma('page_count', { simple: true }));
    stores.db.sqlite.pragma(`max_page_count = ${pages}`);
    const rows = Array.from({ length: 5_000 }, (_, n) => ({
      line: n + 2,
      name: `Bewoner ${n} van een heel lange straat`,
      language: 'nl' as const,
      phones: [mobile(n)],
      postcodes: [{ pc4: 8251, letters: null }],
    }));
    const problem = problemOf(() => stores.participants.importRows(rows, { now: 1, dryRun: false }));
    expect(problem.message).to.contain('full');
    expect(stores.participants.count()).to.equal(0);
    stores.close();
  });
});
