import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, withLock } from '../../scripts/lib/lock.mjs';
import { deferred } from '../../src/lib/deferred.js';
import { statFieldsAfterName } from '../../src/lib/is-alive.js';
import { withZombie } from '../support/zombie.js';

describe('the lock that keeps two set-ups apart', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'burgernet-lock-'));
    file = join(folder, 'deep', 'setup.lock');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('exists while the work is done and is gone afterwards, also when the work fails', async () => {
    const seen = await withLock(file, 'a test', () => Promise.resolve(existsSync(file)));
    expect(seen).to.equal(true);
    expect(existsSync(file)).to.equal(false);
    const failure = await withLock(file, 'a test', () => Promise.reject(new Error('no'))).catch(
      (error: Error) => error,
    );
    expect(failure).to.have.property('message', 'no');
    expect(existsSync(file)).to.equal(false);
  });

  it('makes the second process wait until the first is done', async () => {
    const order: string[] = [];
    const firstMayEnd = deferred<void>();
    const firstHasIt = deferred<void>();
    const first = withLock(file, 'a test', async () => {
      firstHasIt.resolve();
      await firstMayEnd.promise;
      order.push('first');
    });
    await firstHasIt.promise;
    const second = withLock(file, 'a test', () => Promise.resolve(order.push('second')));
    firstMayEnd.resolve();
    await Promise.all([first, second]);
    expect(order).to.deep.equal(['first', 'second']);
  });

  it('is taken over from a dead owner', async () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    await withLock(file, 'a test', () => Promise.resolve());
    writeFileSync(file, `${dead} 1`);
    expect(await withLock(file, 'a test', () => Promise.resolve('mine now'))).to.equal('mine now');
  });

  it('tells a process from a later one with the same pid', () => {
    expect(isAlive(`${process.pid} `)).to.equal(true);
    expect(isAlive(`${process.pid} 1`)).to.equal(false);
    expect(isAlive('')).to.equal(false);
  });

  it('is taken over from an owner that is a zombie', async function () {
    if (process.platform !== 'linux') this.skip();
    await withLock(file, 'a test', () => Promise.resolve());
    await withZombie(async (pid) => {
      const [start] = statFieldsAfterName(readFileSync(`/proc/${pid}/stat`, 'utf8')).slice(19);
      writeFileSync(file, `${pid} ${start}`);
      expect(await withLock(file, 'a test', () => Promise.resolve('mine now'))).to.equal('mine now');
    });
  });
});
