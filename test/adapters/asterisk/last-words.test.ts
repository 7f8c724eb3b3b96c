import { expect } from 'chai';
import { placeOfEnd, readLastWords } from '../../../src/adapters/asterisk/last-words.js';

describe('how a call ended while nobody listened', () => {
  it('is kept at a place of its own for calls that follow one another', () => {
    const places = Array.from({ length: 1_000 }, (_, index) => placeOfEnd(`bn-ab12-a${7_000 + index}`));
    expect(new Set(places).size).to.equal(1_000);
    expect(placeOfEnd('bn-ab12-a17')).to.equal('BURGERNET_END_17');
    expect(placeOfEnd('no number')).to.equal('BURGERNET_END_0');
  });

  const table: [string, boolean, ReturnType<typeof readLastWords>][] = [
    ['', false, undefined],
    ['bn-x-a2 1795485868 SIP 486 Busy Here', false, undefined],
    ['bn-x-a1 1795485868 SIP 486 Busy Here', false, { by: 'them', sipStatus: 486, sipReason: 'Busy Here' }],
    ['bn-x-a1 1795485868 SIP 180 Ringing', false, { by: 'them', rangOut: true }],
    ['bn-x-a1 1795485868 ', false, { by: 'them', cause: 38, fault: 'the trunk does not answer at all' }],
    [
      'bn-x-a1 1795485868 SIP 200 OK',
      false,
      { by: 'lost', fault: 'somebody answered, and the controller did not hear of it' },
    ],
    ['bn-x-a1 1795485868 SIP 200 OK', true, { by: 'them' }],
  ];
  for (const [kept, answered, expected] of table) {
    it(`is read from '${kept}'${answered ? ' of a call that was answered' : ''}`, () => {
      expect(readLastWords('bn-x-a1', kept, answered)).to.deep.equal(expected);
    });
  }
});
