import { expect } from 'chai';
import { untilCalm } from '../../../bench/lib/until-calm.js';

describe('waiting for a calm machine', () => {
  /** Resolves with the last of these values that was measured, and those that were given up. */
  const wait = async (...values: readonly number[]): Promise<[number, number[]]> => {
    const left = [...values];
    const givenUp: number[] = [];
    const last = await untilCalm(() => Promise.resolve(left.shift() ?? 0), {
      isCalm: (value) => value < 5,
      mostTries: 3,
      onGiveUp: (value) => givenUp.push(value),
    });
    return [last, givenUp];
  };

  it('ends without a word at the first calm value', async () => {
    expect(await wait(9, 1)).to.deep.equal([1, []]);
    expect(await wait(9, 8, 4)).to.deep.equal([4, []]);
  });

  it('says that it gives up after the last try', async () => {
    expect(await wait(9, 8, 7, 1)).to.deep.equal([7, [7]]);
  });
});
