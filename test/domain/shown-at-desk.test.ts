import { expect } from 'chai';
import type { E164 } from '../../src/domain/phone-number.js';
import { shownAtDesk } from '../../src/domain/shown-at-desk.js';

const FROM = '+31612345678' as E164;
const anna = { name: 'Anna Voorbeeld', postcodes: [{ pc4: 8251, letters: 'AB' }] };

describe('what a softphone shows of a caller', () => {
  for (const [what, person, from, shown] of [
    ['everything', anna, FROM, { number: '0612345678', name: 'Actie 12 8251AB Anna Voorbeeld' }],
    ['a withheld number', anna, null, { number: 'anonymous', name: 'Actie 12 8251AB Anna Voorbeeld' }],
    ['no name', { ...anna, name: null }, FROM, { number: '0612345678', name: 'Actie 12 8251AB' }],
    ['nobody', undefined, FROM, { number: '0612345678', name: 'Actie 12' }],
  ] as const) {
    it(`is ${shown.name} with ${what}`, () => {
      expect(shownAtDesk({ number: 12 }, person, from)).to.deep.equal(shown);
    });
  }
});
