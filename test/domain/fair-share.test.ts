import { expect } from 'chai';
import { inCallingOrder, PURPOSE_ORDER, weightOf, type TrunkShare } from '../../src/domain/fair-share.js';

interface Named extends TrunkShare {
  readonly name: string;
}

const share = (name: string, live: number, lastStart = 0, weight = 1): Named => ({ name, live, weight, lastStart });
const order = (shares: readonly Named[]): string =>
  inCallingOrder(shares)
    .map(({ name }) => name)
    .join(' ');

describe('the order in which actions call', () => {
  const TURNS: readonly [shares: Named[], expected: string, why: string][] = [
    [[], '', 'no action runs'],
    [[share('a', 5)], 'a', 'there is no other action'],
    [[share('a', 3), share('b', 2)], 'b a', 'b has fewer lines'],
    [[share('a', 2, 8), share('b', 2, 7)], 'b a', 'b has waited longer'],
    [[share('a', 0, 8), share('b', 0)], 'b a', 'b has not called at all'],
    [[share('a', 0), share('b', 0)], 'a b', 'neither has called, and a was given first'],
    [[share('a', 3, 1), share('b', 2, 9)], 'b a', 'fewer lines count before a longer wait'],
    [[share('a', 1, 5), share('b', 2, 1, 3)], 'b a', 'two lines with priority count as less than one'],
    [[share('a', 1, 5), share('b', 3, 1, 3)], 'b a', 'three lines with priority count as one, and b waited longer'],
    [[share('a', 1, 1), share('b', 3, 5, 3)], 'a b', 'three lines with priority count as one, and a waited longer'],
    [[share('a', 1), share('b', 4, 0, 3)], 'a b', 'four lines with priority count as more than one'],
    [[share('a', 0, 9), share('b', 1, 1, 3)], 'a b', 'priority leaves the other action its share'],
    [[share('a', 4, 3), share('b', 2, 2), share('c', 2, 1)], 'c b a', 'three actions share alike'],
  ];
  for (const [shares, expected, why] of TURNS) {
    const text = shares
      .map(({ name, live, weight, lastStart }) => `${name} ${live}/${weight} @${lastStart}`)
      .join(', ');
    it(`is '${expected}' for [${text}]: ${why}`, () => {
      expect(order(shares)).to.equal(expected);
    });
  }

  it('divides the lines in proportion to the weights', () => {
    const shares = [share('a', 0), share('b', 0, 0, 3), share('c', 0)];
    let live = shares;
    for (let start = 1; start <= 50; start++) {
      const [next] = inCallingOrder(live);
      live = live.map((one) => (one === next ? { ...one, live: one.live + 1, lastStart: start } : one));
    }
    expect(live.map((one) => one.live)).to.deep.equal([10, 30, 10]);
  });
});

describe('the weight of an action', () => {
  it('is three with priority, until the action is closed', () => {
    expect(weightOf({ priority: false, state: 'running' })).to.equal(1);
    expect(weightOf({ priority: true, state: 'running' })).to.equal(3);
    expect(weightOf({ priority: true, state: 'paused' })).to.equal(3);
    expect(weightOf({ priority: true, state: 'closed' })).to.equal(1);
  });
});

describe('the order of the calls of one action', () => {
  it('is closing calls, then calls with a changed message, then alerts', () => {
    expect(PURPOSE_ORDER).to.deep.equal(['closing', 'update', 'alert']);
  });
});
