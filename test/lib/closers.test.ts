import { expect } from 'chai';
import { Closers } from '../../src/lib/closers.js';

describe('Things to close', () => {
  it('are closed one after another, the last opened first', async () => {
    const closed: string[] = [];
    const closers = new Closers(() => undefined);
    closers.add(() => void closed.push('database'));
    closers.add(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      closed.push('telephony');
    });
    closers.add(() => void closed.push('server'));
    await closers.close();
    expect(closed).to.deep.equal(['server', 'telephony', 'database']);
  });

  it('are each closed even when another fails, and the failures are told', async () => {
    const [closed, errors]: [string[], unknown[]] = [[], []];
    const [thrown, rejected] = [new Error('thrown'), new Error('rejected')];
    const closers = new Closers((error) => errors.push(error));
    closers.add(() => void closed.push('database'));
    closers.add(() => Promise.reject(rejected));
    closers.add(() => {
      throw thrown;
    });
    await closers.close();
    expect(closed).to.deep.equal(['database']);
    expect(errors).to.deep.equal([thrown, rejected]);
  });

  it('are closed once, however often it is asked', async () => {
    let times = 0;
    const closers = new Closers(() => undefined);
    closers.add(() => void (times += 1));
    await Promise.all([closers.close(), closers.close()]);
    await closers.close();
    expect(times).to.equal(1);
  });
});
