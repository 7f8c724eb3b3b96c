import { expect } from 'chai';
import { atMost } from '../../src/lib/at-most.js';
import { deferred } from '../../src/lib/deferred.js';

describe('work with a limit', () => {
  it('does as much at the same time as the limit allows, and the rest in order', async () => {
    const turn = atMost(2);
    const begun: number[] = [];
    const ends = [1, 2, 3, 4].map(() => deferred<void>());
    const all = ends.map((end, index) =>
      turn(async () => {
        begun.push(index);
        await end.promise;
        return index;
      }),
    );
    expect(begun).to.deep.equal([0, 1]);
    ends[1]!.resolve();
    await all[1];
    expect(begun).to.deep.equal([0, 1, 2]);
    for (const end of ends) end.resolve();
    expect(await Promise.all(all)).to.deep.equal([0, 1, 2, 3]);
    expect(begun).to.deep.equal([0, 1, 2, 3]);
  });

  it('gives the place of work that fails to the next', async () => {
    const turn = atMost(1);
    const failed = turn(() => Promise.reject(new Error('no')));
    const after = turn(() => Promise.resolve('done'));
    expect(await failed.catch((error: unknown) => (error as Error).message)).to.equal('no');
    expect(await after).to.equal('done');
  });
});
