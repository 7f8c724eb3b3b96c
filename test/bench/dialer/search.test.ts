import { expect } from 'chai';
import { bestRate, nextRate, type Trial } from '../../../bench/dialer/search.js';

/** Runs the search against a side that holds every rate up to `limit`. */
function search(
  limit: number,
  guess: number,
  step: number,
): { readonly tried: number[]; readonly best: number | undefined } {
  const trials: Trial[] = [];
  for (;;) {
    const rate = nextRate(trials, guess, step);
    if (rate === undefined) return { tried: trials.map((trial) => trial.rate), best: bestRate(trials) };
    trials.push({ rate, held: rate <= limit });
  }
}

describe('Search for the highest rate that holds', () => {
  for (const limit of [37, 100, 118, 163, 290]) {
    it(`finds ${limit}, beginning at 100, to within 5 % in at most 12 trials`, () => {
      const { tried, best } = search(limit, 100, 1.2);
      expect(best).to.be.at.most(limit);
      expect(best).to.be.at.least(limit / 1.05 - 2);
      expect(tried.length).to.be.at.most(12);
      expect(new Set(tried).size).to.equal(tried.length);
    });
  }

  it('needs two trials when it begins where it ended before', () => {
    expect(search(131, 130, 1.05)).to.deep.equal({ tried: [130, 137], best: 130 });
  });

  it('gives up on a side that holds nothing', () => {
    const { tried, best } = search(0, 100, 1.2);
    expect(best).to.equal(undefined);
    expect(tried.length).to.be.at.most(12);
  });

  it('ignores a rate that failed by chance below a rate that held', () => {
    const trials = [
      { rate: 100, held: false },
      { rate: 120, held: true },
      { rate: 125, held: false },
    ];
    expect(bestRate(trials)).to.equal(120);
    expect(nextRate(trials, 100, 1.2)).to.equal(undefined);
  });
});
