import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isAlive } from '../../src/lib/is-alive.js';
import { withZombie } from '../support/zombie.js';

describe('isAlive', () => {
  it('is true for a running process and false for a process that is gone', async () => {
    expect(isAlive(process.pid)).to.equal(true);
    const child = spawn('true');
    const pid = child.pid ?? 0;
    await once(child, 'exit');
    expect(isAlive(pid)).to.equal(false);
  });

  it('is false for a zombie, which has ended but whose parent does not wait for it', async function () {
    if (process.platform !== 'linux') this.skip();
    await withZombie((pid) => {
      expect(() => process.kill(pid, 0), 'signals reach it').not.to.throw();
      expect(isAlive(pid)).to.equal(false);
    });
  });
});
