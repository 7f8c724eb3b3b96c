import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { openDatabase } from '../src/adapters/sqlite/database.js';
import { lockDataFolder } from '../src/adapters/sqlite/folder-lock.js';
import { openStores } from '../src/adapters/sqlite/stores.js';
import { makeBackup, restoreBackup } from '../src/backup.js';
import { loadConfig, type Config } from '../src/config.js';
import type { Stores } from '../src/ports/stores.js';
import { addPerson, addRunning, MIGRATIONS, mobile } from './adapters/sqlite/support/fixtures.js';

const NOW = new Date('2026-11-28T12:00:00Z');

describe('A backup', () => {
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

  it('made while the service writes brings everything back, and pauses what was running', async () => {
    const old = installation('old');
    const stores = open(old);
    try {
      addRunning(stores, [addPerson(stores, [mobile(1)])]);
      write(old, 'asterisk/spool/recording/tip-1.wav', 'a voice');
      write(old, 'sounds/ab/cd.alaw', 'a message');
      write(old, 'token', 'hush\n');
      const made = await makeBackup(old, join(folder, 'monday'), NOW);
      expect(made.files).to.equal(4);
      expect(statSync(join(folder, 'monday')).mode & 0o777).to.equal(0o700);
      // After the backup: not in it.
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
    expect([read('asterisk/spool/recording/tip-1.wav'), read('sounds/ab/cd.alaw'), read('token')]).to.deep.equal([
      'a voice',
      'a message',
      'hush\n',
    ]);
    expect(statSync(join(fresh.dataDir, 'token')).mode & 0o777).to.equal(0o600);
  });

  it('never writes over another, and nothing over an installation that has data', async () => {
    const config = installation('data');
    expect(await refusal(makeBackup(config, join(folder, 'a'), NOW))).to.contain('nothing to back up');
    open(config).close();
    await makeBackup(config, join(folder, 'a'), NOW);
    expect(await refusal(makeBackup(config, join(folder, 'a'), NOW))).to.contain('is there already');
    expect(await refusal(restoreBackup(config, join(folder, 'a'), 1))).to.contain('has a database already');
  });

  it('is refused when it is not whole, and while a service uses the folder', async () => {
    const [old, fresh] = [installation('old'), installation('new')];
    open(old).close();
    const { folder: made } = await makeBackup(old, join(folder, 'a'), NOW);
    mkdirSync(fresh.dataDir);
    const lock = lockDataFolder(fresh.dataDir);
    expect(await refusal(restoreBackup(fresh, made, 1))).to.contain('another service uses');
    lock.release();
    writeFileSync(join(made, 'burgernet.db'), 'no database');
    expect(await refusal(restoreBackup(fresh, made, 1))).not.to.equal('done');
    rmSync(join(made, 'backup.json'));
    expect(await refusal(restoreBackup(fresh, made, 1))).to.contain('is no backup');
    expect(existsSync(join(fresh.dataDir, 'burgernet.db'))).to.equal(false);
  });
});
