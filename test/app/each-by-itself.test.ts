import { expect } from 'chai';
import { eachByItself } from '../../src/app/each-by-itself.js';
import { Problem } from '../../src/domain/problem.js';
import { FakeLog } from '../support/fake-log.js';

describe('eachByItself', () => {
  it('logs and skips a row that fails, and recovers the others', async () => {
    const log = new FakeLog();
    const done: number[] = [];
    const work = (id: number): Promise<void> | void => {
      if (id === 1) throw new Error('a bad row');
      if (id === 2) return Promise.reject(new Error('another'));
      done.push(id);
    };
    await eachByItself([1, 2, 3], work, { log, what: 'a row', name: (id) => ({ id }) });
    expect(done).to.deep.equal([3]);
    expect(log.said('error')).to.deep.equal(['a row could not be recovered', 'a row could not be recovered']);
  });

  it('fails on a full disk, so that no row is forgotten', async () => {
    const log = new FakeLog();
    const full = new Problem('unavailable', 'the disk of the data folder is full');
    const work = (): never => {
      throw full;
    };
    const error = await eachByItself([1, 2], work, { log, what: 'a row', name: (id) => ({ id }) }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.equal(full);
    expect(log.said('error')).to.deep.equal([]);
  });
});
