import { expect } from 'chai';
import { callerId, shownName } from '../../../../src/adapters/asterisk/sip/shown-name.js';

describe('name in a caller ID', () => {
  for (const [name, shown] of [
    ['Actie 12 8251AB Anna Proef', 'Actie 12 8251AB Anna Proef'],
    ['Jan "de Lange" <1>', 'Jan de Lange 1'],
    ['Anna\\', 'Anna'],
    ['An\0na\r\nX: y', 'An na X: y'],
    ['Anna \ud83d Proef', 'Anna Proef'],
    ['\u202eAnna\u202c', 'Anna'],
    ['x'.repeat(78) + 'é', 'x'.repeat(78)],
    ['x'.repeat(77) + 'é', 'x'.repeat(77) + 'é'],
    ['x'.repeat(200), 'x'.repeat(79)],
    ['👩‍👩‍👧'.repeat(10), '👩‍👩‍👧'.repeat(4)],
    ['e\u0301'.repeat(60), 'e\u0301'.repeat(26)],
    ['', ''],
  ] as const)
    it(`is ${JSON.stringify(shown.slice(0, 20))} for ${JSON.stringify(name.slice(0, 20))}`, () => {
      expect(shownName(name)).to.equal(shown);
      expect(Buffer.byteLength(shownName(name))).to.be.at.most(79);
    });

  it('is written in quotes before the number', () => {
    expect(callerId({ name: 'Anna', number: '0612345678' })).to.equal('"Anna" <0612345678>');
  });
});
