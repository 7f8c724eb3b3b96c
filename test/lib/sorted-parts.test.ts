import { expect } from 'chai';
import { sortedParts } from '../../src/lib/sorted-parts.js';

describe('a long list sorted in parts', () => {
  const byValue = (a: { value: number }, b: { value: number }): number => a.value - b.value;
  const listOf = (length: number, valueOf: (n: number) => number): { value: number; n: number }[] =>
    Array.from({ length }, (_, n) => ({ value: valueOf(n), n }));

  for (const [what, list] of [
    ['nothing', listOf(0, () => 0)],
    ['one item', listOf(1, () => 7)],
    ['as many as one part holds', listOf(50, (n) => 50 - n)],
    ['one more than that', listOf(51, (n) => (n * 31) % 51)],
    ['items in order', listOf(5_000, (n) => n)],
    ['items in the opposite order', listOf(5_000, (n) => -n)],
    ['items in no order', listOf(5_000, (n) => (n * 7_919) % 5_003)],
    ['items of which many are equal', listOf(5_000, (n) => (n % 3 === 0 ? Infinity : (n * 7_919) % 11))],
    ['items that are all equal', listOf(5_000, () => 4)],
  ] as const) {
    it(`is in order, with equal items in their old order: ${what}`, () => {
      const parts = [...sortedParts(list, byValue, 50)];
      expect(parts.flat()).to.deep.equal(list.toSorted((a, b) => byValue(a, b) || a.n - b.n));
      for (const part of parts) expect(part.length).to.be.at.most(50);
    });
  }

  it('takes a bounded number of comparisons in each step', () => {
    let compared = 0;
    let most = 0;
    const compare = (a: { value: number }, b: { value: number }): number => {
      compared++;
      return a.value - b.value;
    };
    for (const part of sortedParts(
      listOf(50_000, (n) => (n * 7_919) % 50_021),
      compare,
      1_000,
    )) {
      expect(part.length).to.be.at.most(1_000);
      most = Math.max(most, compared);
      compared = 0;
    }
    expect(most).to.be.lessThan(50_000);
  });
});
