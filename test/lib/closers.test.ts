import { expect } from 'chai';
import { Closers } from '../../src/lib/closers.js';

describe('closers', () => {
  it('run one after another, the last added first', async () => {
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

  it('all run when one fails, and the failure is reported', async () => {
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

  it('run once when close is called several times', async () => {
    let times = 0;
    const closers = new Closers(() => undefined);
    closers.add(() => void (times += 1));
    await Promise.all([closers.close(), closers.close()]);
    await closers.close();
    expect(times).to.equal(1);
  });
});
