import { expect } from 'chai';
import { deferred } from '../../src/lib/deferred.js';

describe('a deferred promise', () => {
  it('is not settled before resolve or reject is called', () => {
    expect(deferred().settled).to.equal(false);
  });

  it('resolves once, and later calls change nothing', async () => {
    const answer = deferred<string>();
    answer.resolve('first');
    answer.resolve('second');
    answer.reject(new Error('third'));
    expect(answer.settled).to.equal(true);
    expect(await answer.promise).to.equal('first');
  });

  it('rejects once, and later calls change nothing', async () => {
    const answer = deferred<string>();
    const failure = answer.promise.catch((error: unknown) => error);
    const first = new Error('first');
    answer.reject(first);
    answer.resolve('second');
    expect(answer.settled).to.equal(true);
    expect(await failure).to.equal(first);
  });
});
