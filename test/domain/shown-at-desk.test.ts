import { expect } from 'chai';
import type { E164 } from '../../src/domain/phone-number.js';
import { shownAtDesk } from '../../src/domain/shown-at-desk.js';

const FROM = '+31612345678' as E164;
const anna = { name: 'Anna Voorbeeld', postcodes: [{ pc4: 8251, letters: 'AB' }] };

describe('the caller ID on a softphone', () => {
  for (const [what, person, from, shown] of [
    ['name, postcode and number', anna, FROM, { number: '0612345678', name: 'Actie 12 8251AB Anna Voorbeeld' }],
    ['a withheld number', anna, null, { number: 'anonymous', name: 'Actie 12 8251AB Anna Voorbeeld' }],
    ['no name', { ...anna, name: null }, FROM, { number: '0612345678', name: 'Actie 12 8251AB' }],
    ['an unknown participant', undefined, FROM, { number: '0612345678', name: 'Actie 12' }],
  ] as const) {
    it(`is '${shown.name}' for a caller with ${what}`, () => {
      expect(shownAtDesk({ number: 12 }, person, from)).to.deep.equal(shown);
    });
  }
});
