import { expect } from 'chai';
import { inTurn, PURPOSE_ORDER, weightOf, type Share } from '../../src/domain/fair-share.js';

interface Named extends Share {
  readonly name: string;
}

const share = (name: string, live: number, lastStart = 0, weight = 1): Named => ({ name, live, weight, lastStart });
const order = (shares: readonly Named[]): string =>
  inTurn(shares)
    .map(({ name }) => name)
    .join(' ');

describe('Which action calls next', () => {
  const TURNS: readonly [shares: Named[], expected: string, why: string][] = [
    [[], '', 'none runs'],
    [[share('a', 5)], 'a', 'there is no other'],
    [[share('a', 3), share('b', 2)], 'b a', 'it has fewer lines'],
    [[share('a', 2, 8), share('b', 2, 7)], 'b a', 'it has waited longer'],
    [[share('a', 0, 8), share('b', 0)], 'b a', 'it has not called at all'],
    [[share('a', 0), share('b', 0)], 'a b', 'neither has called: the one that began first'],
    [[share('a', 3, 1), share('b', 2, 9)], 'b a', 'fewer lines come before a longer wait'],
    [[share('a', 1, 5), share('b', 2, 1, 3)], 'b a', 'with priority two lines are fewer than one'],
    [[share('a', 1, 5), share('b', 3, 1, 3)], 'b a', 'with priority three are as many as one: who waited longer'],
    [[share('a', 1, 1), share('b', 3, 5, 3)], 'a b', 'with priority three are as many as one: who waited longer'],
    [[share('a', 1), share('b', 4, 0, 3)], 'a b', 'with priority four are more than one'],
    [[share('a', 0, 9), share('b', 1, 1, 3)], 'a b', 'priority leaves the others their share'],
    [[share('a', 4, 3), share('b', 2, 2), share('c', 2, 1)], 'c b a', 'three actions share alike'],
  ];
  for (const [shares, expected, why] of TURNS) {
    const text = shares
      .map(({ name, live, weight, lastStart }) => `${name} ${live}/${weight} @${lastStart}`)
      .join(', ');
    it(`${expected || 'nobody'} of [${text}]: ${why}`, () => {
      expect(order(shares)).to.equal(expected);
    });
  }

  it('lines that are filled one by one end up in the proportion of the weights', () => {
    const shares = [share('a', 0), share('b', 0, 0, 3), share('c', 0)];
    let live = shares;
    for (let start = 1; start <= 50; start++) {
      const [next] = inTurn(live);
      live = live.map((one) => (one === next ? { ...one, live: one.live + 1, lastStart: start } : one));
    }
    expect(live.map((one) => one.live)).to.deep.equal([10, 30, 10]);
  });
});

describe('What an action weighs', () => {
  it('three times another one when it has priority, until it is closed', () => {
    expect(weightOf({ priority: false, state: 'running' })).to.equal(1);
    expect(weightOf({ priority: true, state: 'running' })).to.equal(3);
    expect(weightOf({ priority: true, state: 'paused' })).to.equal(3);
    expect(weightOf({ priority: true, state: 'closed' })).to.equal(1);
  });
});

describe('Within one action', () => {
  it('how it ended is told before what changed, and that before who has heard nothing yet', () => {
    expect(PURPOSE_ORDER).to.deep.equal(['closing', 'update', 'alert']);
  });
});
