import { expect } from 'chai';
import { LedgerReader, parseLedger } from '../../src/phonenet/ledger.js';

const FROM = encodeURIComponent('"Burgernet" <sip:08000011@127.0.0.1>;tag=1');
const PAI = encodeURIComponent('<sip:08000011@127.0.0.1>');
const URI = encodeURIComponent('sip:+31610000001@127.0.0.1:5070');

const ANSWERED = [
  `1000|invite|c1|31610000001|presses|${FROM}|${PAI}|abc|${URI}`,
  '1001|ring|c1||||||',
  '3000|answer|c1|c1.wav|||||',
  '5180|press|c1|#|160||||',
  '40000|end|c1||||||',
];

describe('ledger of the phone network', () => {
  it('describes a call from INVITE to end, with the caller ID that the telephone showed', () => {
    const [call] = parseLedger(ANSWERED.join('\n'));
    expect(call).to.deep.equal({
      id: 'c1',
      kind: 'citizen',
      number: '+31610000001',
      persona: 'presses',
      from: '"Burgernet" <sip:08000011@127.0.0.1>;tag=1',
      assertedIdentity: '<sip:08000011@127.0.0.1>',
      sipCallId: 'abc',
      requestUri: 'sip:+31610000001@127.0.0.1:5070',
      invitedAt: 1000,
      ringingAt: 1001,
      earlyMediaAt: null,
      answeredAt: 3000,
      endedAt: 40000,
      pressed: [{ key: '#', at: 5000, releasedAt: 5160 }],
      spokeAt: [],
      transfers: [],
      endedBy: 'far',
      cancelled: false,
      sipStatus: null,
      recording: 'c1.wav',
    });
  });

  it('distinguishes a CANCEL from a refusal by the telephone itself', () => {
    const calls = parseLedger(
      [
        '1|invite|a|31610000001|no_answer|||x|y',
        '9|end|a||||||',
        '2|invite|b|31610000002|busy|||x|y',
        '3|end|b|here|||||',
      ].join('\n'),
    );
    expect(calls.map(({ cancelled, endedBy }) => ({ cancelled, endedBy }))).to.deep.equal([
      { cancelled: true, endedBy: 'far' },
      { cancelled: false, endedBy: 'here' },
    ]);
  });

  it('gives the SIP status that a caller received, or says that the caller gave up', () => {
    const calls = parseLedger(
      [
        '1|call|a|0612345678||08000011',
        '2|end|a||SIP%20404%20Not%20Found||||',
        '3|call|b|0612345678||08000011',
        '4|end|b||SIP%20180%20Ringing||||',
      ].join('\n'),
    );
    expect(calls.map(({ sipStatus, endedBy }) => ({ sipStatus, endedBy }))).to.deep.equal([
      { sipStatus: 404, endedBy: 'far' },
      { sipStatus: null, endedBy: 'here' },
    ]);
  });

  it('keeps the results of requested transfers', () => {
    const [call] = parseLedger('1|invite|a|desk1|desk answers|||x|y\n2|transfer|a|FAILURE\n3|transfer|a|SUCCESS');
    expect(call?.transfers).to.deep.equal(['FAILURE', 'SUCCESS']);
  });

  it('names a softphone by its username, and marks an unassigned number as unknown', () => {
    const calls = parseLedger('1|invite|a|desk1|desk answers|||x|y\n2|invite|b|31699999999||||x|y', () => 'desk-101');
    expect(calls.map(({ kind, number, persona }) => [kind, number, persona])).to.deep.equal([
      ['desk', 'desk-101', 'desk answers'],
      ['citizen', '+31699999999', 'unknown'],
    ]);
  });

  it('can be read while it is written, in pieces of any size', () => {
    const text = `${ANSWERED.join('\n')}\n`;
    const reader = new LedgerReader();
    for (const letter of text) reader.add(letter);
    expect(reader.calls).to.deep.equal(parseLedger(text));
  });

  it('ignores lines that are not its own or that a kill cut off', () => {
    expect(parseLedger('garbage\n|answer|x\n17952')).to.deep.equal([]);
    expect(parseLedger('5|answer|never-invited|x.wav')).to.deep.equal([]);
  });
});
