import { expect } from 'chai';
import { lookUpNumber } from '../../src/lib/numbering-plan.js';

describe('the numbering plan', () => {
  const TYPES: readonly [number: string, type: string][] = [
    ['+31612345678', 'MOBILE'],
    ['+31321312345', 'FIXED_LINE'],
    ['+31851234567', 'VOIP'],
    ['+318000011', 'TOLL_FREE'],
    ['+4915112345678', 'MOBILE'],
  ];
  for (const [number, type] of TYPES) {
    it(`gives ${number} the type ${type}`, () => {
      expect(lookUpNumber(number)).to.deep.include({ e164: number, possible: true, valid: true, type });
    });
  }

  it('has no assigned range for 0112345678', () => {
    expect(lookUpNumber('+31112345678')).to.include({ valid: false });
  });

  for (const text of ['', '+', 'anonymous', '0612345678']) {
    it(`gives undefined for '${text}', which is not an international number`, () => {
      expect(lookUpNumber(text)).to.equal(undefined);
    });
  }
});
