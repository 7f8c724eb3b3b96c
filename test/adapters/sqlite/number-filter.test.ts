import { expect } from 'chai';
import { NumberFilter } from '../../../src/adapters/sqlite/number-filter.js';
import type { E164 } from '../../../src/domain/phone-number.js';

const number = (n: number) => `+316${String(n).padStart(8, '0')}` as E164;

describe('filter of known numbers', () => {
  it('knows every added number, and seldom takes another for known', () => {
    const filter = new NumberFilter();
    for (let n = 0; n < 200_000; n += 2) filter.add(number(n));
    let mistaken = 0;
    for (let n = 0; n < 200_000; n += 2) {
      expect(filter.maybe(number(n))).to.equal(true);
      if (filter.maybe(number(n + 1))) mistaken++;
    }
    expect(mistaken).to.be.lessThan(100);
  });

  it('knows no number at first', () => {
    expect(new NumberFilter().maybe(number(1))).to.equal(false);
  });
});
