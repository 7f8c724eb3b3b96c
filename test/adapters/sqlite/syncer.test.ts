import { expect } from 'chai';
import fs, { copyFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { stub } from 'sinon';
import { openDatabase, type Database } from '../../../src/adapters/sqlite/database.js';
import { Syncer } from '../../../src/adapters/sqlite/syncer.js';
import { inFolder, MIGRATIONS } from './support/fixtures.js';

describe('syncing to disk', () => {
  /** Lets every sync of a log fail with an error of the disk, until `restore`. */
  const brokenDisk = (): { restore(): void } => {
    const error = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
    const sync = stub(fs, 'fdatasync').callsFake((_log, done) => {
      setImmediate(done, error);
    });
    syncBuiltinESMExports();
    return {
      restore: () => {
        sync.restore();
        syncBuiltinESMExports();
      },
    };
  };

  const ROW = `INSERT INTO meta (key, value) VALUES ('kept', 'yes')`;
  /** Whether the file has the row without its write-ahead log. */
  const isInFile = (file: string): boolean => {
    copyFileSync(file, `${file}.alone`);
    const alone = new BetterSqlite3(`${file}.alone`);
    try {
      return alone.prepare(`SELECT value FROM meta WHERE key = 'kept'`).all().length > 0;
    } finally {
      alone.close();
    }
  };
  const opened = (file: string, failures: string[]): Database =>
    openDatabase(file, { migrationsFolder: MIGRATIONS, onSyncFailed: (error) => failures.push(error.message) });
  /** Writes a row whose sync fails. Resolves when the database has said that it is blocked. */
  const writeOnBrokenDisk = async (db: Database): Promise<void> => {
    const disk = brokenDisk();
    try {
      const told = new Promise<void>((resolve) => db.onBlocked(resolve));
      db.together(() => db.sqlite.exec(ROW));
      await told;
    } finally {
      disk.restore();
    }
  };

  it('that fails is reported once, and the rows are written again into the file', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'burgernet.db');
      const failures: string[] = [];
      const db = opened(file, failures);
      db.sqlite.pragma('wal_checkpoint(FULL)');
      await writeOnBrokenDisk(db);
      expect(failures).to.deep.equal(['EIO: i/o error, fdatasync']);
      expect(isInFile(file), 'before').to.equal(false);
      expect(db.blockedBy()).to.equal('');
      expect(isInFile(file), 'after').to.equal(true);
      db.close();
    }));

  it('that fails makes the database unhealthy for as long as nothing can be written', () =>
    inFolder(async (folder) => {
      const db = opened(join(folder, 'burgernet.db'), []);
      await writeOnBrokenDisk(db);
      db.sqlite.pragma('query_only = ON');
      expect(db.writable()).to.equal(false);
      expect(db.blockedBy()).not.to.equal('');
      db.sqlite.pragma('query_only = OFF');
      expect([db.blockedBy(), db.writable()]).to.deep.equal(['', true]);
      db.close();
    }));

  it('reports a log that cannot be synced, and not a log that does not exist', () =>
    inFolder(async (folder) => {
      // A device without a disk refuses fdatasync.
      await symlink('/dev/null', join(folder, 'a.db-wal'));
      const failure = new Promise<Error>((resolve) => {
        new Syncer({ name: join(folder, 'a.db'), memory: false }, resolve).soon();
      });
      expect(await failure).to.have.property('code', 'EINVAL');
      const failures: Error[] = [];
      const none = new Syncer({ name: join(folder, 'none.db'), memory: false }, (error) => failures.push(error));
      writeFileSync(join(folder, 'b.db-wal'), '');
      const whole = new Syncer({ name: join(folder, 'b.db'), memory: false }, (error) => failures.push(error));
      const synced = new Promise<void>((resolve) => {
        const real = fs.fdatasync;
        const spy = stub(fs, 'fdatasync').callsFake((log, done) => {
          real(log, (error) => {
            done(error);
            spy.restore();
            syncBuiltinESMExports();
            resolve();
          });
        });
        syncBuiltinESMExports();
      });
      none.soon();
      whole.soon();
      await synced;
      none.close();
      whole.close();
      expect(failures).to.deep.equal([]);
    }));
});
