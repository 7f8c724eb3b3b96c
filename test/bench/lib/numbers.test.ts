import { expect } from 'chai';
import { median, quantile, spreadOf } from '../../../bench/lib/quantiles.js';
import { table } from '../../../bench/lib/table.js';

describe('Quantiles', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  for (const [share, value] of [
    [0, 1],
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ] as const) {
    it(`${share * 100} % of 1 to 100 lie at or below ${value}`, () => {
      expect(quantile(hundred, share)).to.equal(value);
    });
  }

  it('the 99th percentile of few values is the largest value', () => {
    expect(quantile([3, 9, 1], 0.99)).to.equal(9);
  });

  it('the median of an even number of values is the mean of the middle two', () => {
    expect(median([4, 1, 3, 2])).to.equal(2.5);
    expect(median([5, 1, 3])).to.equal(3);
  });

  it('a spread has the smallest, the largest and the median', () => {
    expect(spreadOf([7, 5, 9])).to.deep.equal({ median: 7, least: 5, most: 9 });
  });

  it('no values give no quantile, median or spread', () => {
    expect([quantile([], 0.5), median([]), spreadOf([])]).to.deep.equal([undefined, undefined, undefined]);
  });
});

describe('Table for the terminal', () => {
  it('aligns names to the left and figures to the right', () => {
    const text = table([
      ['', 'bare', 'ours'],
      ['calls a second', '99.9', '101'],
      ['p99', '5', ''],
    ]);
    expect(text.split('\n')).to.deep.equal([
      '                bare  ours',
      '--------------  ----  ----',
      'calls a second  99.9   101',
      'p99                5',
    ]);
  });

  it('is empty without rows', () => {
    expect(table([])).to.equal('');
  });
});
