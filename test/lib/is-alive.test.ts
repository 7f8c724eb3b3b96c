import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isAlive } from '../../src/lib/is-alive.js';

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
    // What the shell becomes never waits for the child that it had; the shell itself might.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const until = async (file: string, says: RegExp): Promise<void> => {
      while (!says.test(readFileSync(file, 'utf8'))) await new Promise((next) => setImmediate(next));
    };
    try {
      const [said] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(said.toString());
      await until(`/proc/${parent.pid ?? 0}/comm`, /^sleep$/m);
      process.kill(pid, 'SIGKILL');
      await until(`/proc/${pid}/stat`, /\) Z /);
      expect(() => process.kill(pid, 0), 'signals reach it').not.to.throw();
      expect(isAlive(pid)).to.equal(false);
    } finally {
      const gone = once(parent, 'exit');
      parent.kill('SIGKILL');
      await gone;
    }
  });
});
