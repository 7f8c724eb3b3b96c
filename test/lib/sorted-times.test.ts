import { expect } from 'chai';
import { SortedTimes } from '../../src/lib/sorted-times.js';

describe('sorted times', () => {
  it('give the time at each place, for any order of additions and removals', () => {
    const times = new SortedTimes();
    const kept: number[] = [];
    let seed = 11;
    const chance = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let n = 0; n < 2_000; n++) {
      if (kept.length > 0 && chance(3) === 0) {
        const [gone] = kept.splice(chance(kept.length), 1);
        times.remove(gone!);
      } else {
        const time = chance(4) === 0 ? chance(1_000) : n;
        kept.push(time);
        times.add(time);
      }
      expect(times.size).to.equal(kept.length);
      // Asks only now and then, so that many changes are also applied at once.
      if (n % 97 !== 0 && n > 300) continue;
      const sorted = kept.toSorted((a, b) => a - b);
      expect(kept.map((_, index) => times.at(index + 1))).to.deep.equal(sorted);
    }
    expect(times.at(0)).to.equal(null);
    expect(times.at(kept.length + 1)).to.equal(null);
  });
});
