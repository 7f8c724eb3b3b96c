import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isAlive } from '../../src/lib/is-alive.js';
import { withZombie } from '../support/zombie.js';

describe('whether a process runs', () => {
  it('is told of one that does, and of one that is gone', async () => {
    expect(isAlive(process.pid)).to.equal(true);
    const child = spawn('true');
    const pid = child.pid ?? 0;
    await once(child, 'exit');
    expect(isAlive(pid)).to.equal(false);
  });

  it('is told of one that has ended, though its parent takes no note of it', async function () {
    if (process.platform !== 'linux') this.skip();
    await withZombie((pid) => {
      expect(() => process.kill(pid, 0), 'signals reach it').not.to.throw();
      expect(isAlive(pid)).to.equal(false);
    });
  });
});
