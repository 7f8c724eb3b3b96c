import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'chai';
import { openDatabase } from '../src/adapters/sqlite/database.js';
import { lockDataFolder } from '../src/adapters/sqlite/folder-lock.js';
import { openStores } from '../src/adapters/sqlite/stores.js';
import { factsOf, sealed, type Manifest } from '../src/backup-manifest.js';
import { checkBackup, makeBackup, restoreBackup } from '../src/backup.js';
import { loadConfig, type Config } from '../src/config.js';
import type { Stores } from '../src/ports/stores.js';
import {
  addPerson,
  addRunning,
  lastMigration,
  MIGRATIONS,
  mobile,
  withLaterMigration,
} from './adapters/sqlite/support/fixtures.js';

const NOW = new Date('2026-11-28T12:00:00Z');

describe('backups', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'burgernet-backup-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const installation = (name: string): Config => loadConfig({ BURGERNET_DATA: join(folder, name) }, folder);
  const open = (config: Config): Stores => {
    mkdirSync(config.dataDir, { recursive: true });
    return openStores(openDatabase(join(config.dataDir, 'burgernet.db'), { migrationsFolder: MIGRATIONS }));
  };
  const write = (config: Config, path: string, text: string): void => {
    mkdirSync(dirname(join(config.dataDir, path)), { recursive: true });
    writeFileSync(join(config.dataDir, path), text);
  };
  const refusal = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'done',
      (error: unknown) => String(error),
    );

  it('a backup made while the service writes restores everything, and pauses running actions', async () => {
    const old = installation('old');
    const stores = open(old);
    try {
      addRunning(stores, [addPerson(stores, [mobile(1)])]);
      write(old, 'asterisk/spool/recording/tip-1.wav', 'a voice');
      write(old, 'sounds/ab/cd.alaw', 'a message');
      write(old, 'content/lexicon.csv', 'word,say');
      write(old, 'token', 'hush\n');
      const made = await makeBackup(old, join(folder, 'monday'), NOW);
      expect(made.files).to.equal(5);
      expect(statSync(join(folder, 'monday')).mode & 0o777).to.equal(0o700);
      // Added after the backup, so not in it.
      addPerson(stores, [mobile(2)]);
    } finally {
      stores.close();
    }

    const fresh = installation('new');
    expect(await restoreBackup(fresh, join(folder, 'monday'), 2)).to.deep.include({
      madeAt: NOW.toISOString(),
      paused: [1],
    });
    const restored = open(fresh);
    try {
      expect(restored.participants.byPhone(mobile(1))).to.have.length(1);
      expect(restored.participants.byPhone(mobile(2))).to.have.length(0);
      expect(restored.actions.all().map(({ state }) => state)).to.deep.equal(['paused']);
    } finally {
      restored.close();
    }
    const read = (path: string): string => readFileSync(join(fresh.dataDir, path), 'utf8');
    expect(
      ['asterisk/spool/recording/tip-1.wav', 'sounds/ab/cd.alaw', 'content/lexicon.csv', 'token'].map(read),
    ).to.deep.equal(['a voice', 'a message', 'word,say', 'hush\n']);
    expect(statSync(join(fresh.dataDir, 'token')).mode & 0o777).to.equal(0o600);
  });

  it('never overwrites another backup, nor an installation that has a database', async () => {
    const config = installation('data');
    expect(await refusal(makeBackup(config, join(folder, 'a'), NOW))).to.contain('nothing to back up');
    open(config).close();
    await makeBackup(config, join(folder, 'a'), NOW);
    expect(await refusal(makeBackup(config, join(folder, 'a'), NOW))).to.contain('already exists');
    expect(await refusal(restoreBackup(config, join(folder, 'a'), 1))).to.contain('already has a database');
  });

  it('refuses to restore an incomplete backup, and to restore while a service uses the data folder', async () => {
    const [old, fresh] = [installation('old'), installation('new')];
    open(old).close();
    const { folder: made } = await makeBackup(old, join(folder, 'a'), NOW);
    mkdirSync(fresh.dataDir);
    const lock = lockDataFolder(fresh.dataDir);
    expect(await refusal(restoreBackup(fresh, made, 1))).to.contain('another service uses');
    lock.release();
    rmSync(join(made, 'backup.json'));
    expect(await refusal(restoreBackup(fresh, made, 1))).to.contain('is not a backup');
    expect(existsSync(join(fresh.dataDir, 'burgernet.db'))).to.equal(false);
  });

  describe('damaged and old backups', () => {
    let made: string;
    let fresh: Config;
    beforeEach(async () => {
      const old = installation('old');
      const stores = open(old);
      addRunning(stores, [addPerson(stores, [mobile(1)])]);
      stores.close();
      write(old, 'asterisk/spool/recording/tip-1.wav', 'a voice');
      write(old, 'asterisk/spool/recording/tip-2.wav', 'another voice');
      write(old, 'sounds/ab/cd.alaw', 'a message');
      write(old, 'token', 'hush\n');
      made = join(folder, 'monday');
      await makeBackup(old, made, NOW);
      fresh = installation('new');
      write(fresh, 'token', 'current token\n');
      write(fresh, 'sounds/ab/cd.alaw', 'current sound');
    });

    const database = (): string => join(made, 'burgernet.db');
    const inManifest = (change: (text: string) => string): void => {
      const file = join(made, 'backup.json');
      writeFileSync(file, change(readFileSync(file, 'utf8')));
    };
    const flip = (file: string, at: number): void => {
      const bytes = readFileSync(file);
      bytes[at < 0 ? bytes.length + at : at]! ^= 1;
      writeFileSync(file, bytes);
    };
    /** Changes the database and corrects the checksums, so that only the database itself shows the damage. */
    const sealAgain = async (sql: string): Promise<void> => {
      const db = new BetterSqlite3(database());
      db.exec(sql);
      db.close();
      const file = join(made, 'backup.json');
      const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
      const facts = await factsOf(database());
      const sums = { ...manifest.sums, 'burgernet.db': facts };
      writeFileSync(file, JSON.stringify(sealed({ ...manifest, sums })));
    };

    const DAMAGES: readonly (readonly [string, () => unknown, RegExp])[] = [
      ['a database of 0 bytes', () => writeFileSync(database(), ''), /burgernet\.db has 0 bytes instead of \d+/],
      ['a truncated database', () => truncateSync(database(), 8_192), /burgernet\.db has 8192 bytes instead/],
      ['a flipped bit in the database', () => flip(database(), -500), /burgernet\.db was changed/],
      ['a longer database', () => appendFileSync(database(), 'x'), /burgernet\.db has \d+ bytes instead/],
      ['a missing database', () => rmSync(database()), /burgernet\.db is missing/],
      [
        'a missing recordings folder',
        () => rmSync(join(made, 'recordings'), { recursive: true }),
        /tip-1\.wav is missing; .*tip-2/,
      ],
      ['a missing recording', () => rmSync(join(made, 'recordings/tip-1.wav')), /recordings\/tip-1\.wav is missing/],
      ['an empty recording', () => writeFileSync(join(made, 'recordings/tip-1.wav'), ''), /tip-1\.wav has 0 bytes/],
      [
        'a changed letter in a recording',
        () => writeFileSync(join(made, 'recordings/tip-1.wav'), 'a noise'),
        /tip-1\.wav was changed/,
      ],
      [
        'a renamed sound',
        () => renameSync(join(made, 'sounds/ab/cd.alaw'), join(made, 'sounds/ab/ce.alaw')),
        /cd\.alaw is missing; sounds\/ab\/ce\.alaw does not belong/,
      ],
      ['a changed token', () => writeFileSync(join(made, 'token'), 'hash\n'), /token was changed/],
      ['an additional file', () => writeFileSync(join(made, 'notes.txt'), 'mine'), /notes\.txt does not belong to it/],
      [
        'a symbolic link instead of a file',
        () => (rmSync(join(made, 'token')), symlinkSync('/etc/hostname', join(made, 'token'))),
        /token is missing; token \(not a file\)/,
      ],
      [
        'a changed date in backup.json',
        () => inManifest((text) => text.replace('2026-11-28', '2026-11-29')),
        /backup\.json was changed/,
      ],
      [
        'a changed digit of a checksum',
        () => inManifest((text) => text.replace(/"sha256": "(.)/, (_, first) => `"sha256": "${first === '0' ? 1 : 0}`)),
        /backup\.json was changed/,
      ],
      [
        'half of backup.json',
        () => inManifest((text) => text.slice(0, text.length / 2)),
        /backup\.json cannot be read/,
      ],
      ['an empty backup.json', () => inManifest(() => ''), /backup\.json cannot be read/],
      ['a missing backup.json', () => rmSync(join(made, 'backup.json')), /has no backup\.json/],
      ['a missing folder', () => rmSync(made, { recursive: true }), /there is no folder/],
      ['a deleted row', () => sealAgain('DELETE FROM phone'), /the table phone has 0 rows instead of 1/],
      [
        'a dropped table',
        () => sealAgain('PRAGMA foreign_keys = OFF; DROP TABLE phone'),
        /the table phone has no rows instead of 1/,
      ],
      [
        'a database of a newer version',
        () => sealAgain(`INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('x', 9999999999999)`),
        /newer than this program/,
      ],
    ];
    for (const [what, damage, said] of DAMAGES) {
      it(`refuses ${what}, says why, and changes nothing in the installation`, async () => {
        await damage();
        expect(await refusal(checkBackup(made))).to.match(said);
        expect(await refusal(restoreBackup(fresh, made, 1))).to.match(said);
        expect(existsSync(join(fresh.dataDir, 'burgernet.db'))).to.equal(false);
        expect(readFileSync(join(fresh.dataDir, 'token'), 'utf8')).to.equal('current token\n');
        expect(readFileSync(join(fresh.dataDir, 'sounds/ab/cd.alaw'), 'utf8')).to.equal('current sound');
        expect(existsSync(join(fresh.dataDir, 'asterisk/spool/recording/tip-1.wav'))).to.equal(false);
      });
    }

    it('restores an undamaged backup over the files of an installation without a database', async () => {
      expect(await checkBackup(made)).to.deep.equal({ madeAt: NOW.toISOString(), files: 5, sums: true });
      await restoreBackup(fresh, made, 1);
      expect(readFileSync(join(fresh.dataDir, 'token'), 'utf8')).to.equal('hush\n');
      expect(readFileSync(join(fresh.dataDir, 'sounds/ab/cd.alaw'), 'utf8')).to.equal('a message');
      const left = readdirSync(fresh.dataDir, { recursive: true }).map(String);
      expect(left.filter((name) => /restor/.test(name))).to.deep.equal([]);
    });

    it('changes nothing when one file cannot be put in place', async () => {
      // A folder stands where a file must go, which only shows when the file is put in place.
      mkdirSync(join(fresh.dataDir, 'asterisk/spool/recording/tip-2.wav.restoring'), { recursive: true });
      expect(await refusal(restoreBackup(fresh, made, 1))).not.to.equal('done');
      expect(existsSync(join(fresh.dataDir, 'burgernet.db'))).to.equal(false);
      expect(readFileSync(join(fresh.dataDir, 'token'), 'utf8')).to.equal('current token\n');
      expect(existsSync(join(fresh.dataDir, 'asterisk/spool/recording/tip-1.wav'))).to.equal(false);
    });

    it('refuses to restore next to the -wal file of another database', async () => {
      write(fresh, 'burgernet.db-wal', 'rest');
      expect(await refusal(restoreBackup(fresh, made, 1))).to.contain('-wal');
    });

    it('migrates a database of an older version when it is restored', async () => {
      const newer = withLaterMigration(folder, lastMigration() + 1);
      const aged = installation('aged');
      mkdirSync(aged.dataDir);
      openDatabase(join(aged.dataDir, 'burgernet.db'), { migrationsFolder: MIGRATIONS }).close();
      const { folder: backup } = await makeBackup(aged, join(folder, 'aged-backup'), NOW);
      expect((await checkBackup(backup, newer)).files).to.equal(1);
      await restoreBackup(fresh, backup, 1, newer);
      expect(readdirSync(fresh.dataDir).filter((name) => name.startsWith('burgernet.db'))).to.deep.equal([
        'burgernet.db',
      ]);
      const restored = openDatabase(join(fresh.dataDir, 'burgernet.db'), { migrationsFolder: newer });
      expect(restored.sqlite.prepare('SELECT count(*) FROM later').pluck().get()).to.equal(0);
      restored.close();
    });

    it('accepts a backup without checksums only when the numbers of files and bytes are right', async () => {
      inManifest((text) => {
        const { madeAt, files, bytes } = JSON.parse(text) as Manifest;
        return JSON.stringify({ madeAt, files, bytes });
      });
      expect((await checkBackup(made)).sums).to.equal(false);
      writeFileSync(join(made, 'token'), 'longer than it was\n');
      expect(await refusal(checkBackup(made))).to.match(/bytes instead of/);
      rmSync(join(made, 'token'));
      expect(await refusal(restoreBackup(fresh, made, 1))).to.match(/4 files instead of 5/);
    });
  });
});
