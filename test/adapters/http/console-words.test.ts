import { expect } from 'chai';
import { count, duration, phone, postcode, when } from '../../../src/adapters/http/console/format.js';
import { problemWords, warningWords } from '../../../src/adapters/http/console/warning-words.js';
import { doneWords } from '../../../src/adapters/http/console/words.js';
import { afterRefusal, limitWords, noCongestion } from '../../../src/domain/congestion.js';
import { Problem } from '../../../src/domain/problem.js';
import { NOON } from '../../support/fake-clock.js';

describe('HTTP: Dutch words of the console', () => {
  it('translates how the operator limits us, in the sentence that the domain makes', () => {
    const limits = { lines: 30, tipLines: 3, cps: 10 };
    const refusal = { startedAt: 900, at: 1_000, ofLines: true, carried: 12, retryAfterMs: 60_000 };
    const said = limitWords(afterRefusal(noCongestion(limits), limits, refusal), limits, 1_000);
    const { text, detail } = warningWords(`the operator limits us (SIP 503 Service Unavailable): ${said}`);
    expect(text).to.match(/^De telecomprovider beperkt ons \(SIP 503 Service Unavailable\): 60 seconden geen nieuwe/);
    expect(text)
      .to.include('in plaats van 10 nieuwe oproepen per seconde')
      .and.match(/\d+ in plaats van 30 lijnen\.$/);
    expect(detail).to.equal(null);
  });

  for (const [warning, text] of [
    ['the operator limits us (SIP 480): fewer stars', /^De telecomprovider beperkt ons \(SIP 480\)\.$/],
    ['the operator limits us (cause 42): 0.5 calls a second instead of 10', /: 0,5 in plaats van 10 nieuwe/],
    ['Asterisk cannot be reached: connection refused', /telefooncentrale is niet bereikbaar/],
    ['no answer: check BURGERNET_TRUNK, the line to the operator and its firewall', /telecomprovider antwoordt niet/],
    [
      'the operator refuses our registration (SIP 403 Forbidden): check BURGERNET_TRUNK_USER and ask',
      /telecomprovider laat ons niet toe/,
    ],
    ['Asterisk cannot be started: BURGERNET_SIP: port 5060 is in use', /telefooncentrale is niet bereikbaar/],
    [
      'nobody was rung for 31 s while 12 people wait',
      /^Al 31 seconden gaat er geen telefoon over, terwijl er 12 mensen/,
    ],
    [
      'nobody was rung for 31 s while 1 people wait: Asterisk cannot be reached: connection refused',
      /1 persoon wacht\. De telefooncentrale is niet bereikbaar/,
    ],
    ['SQLITE_FULL: the disk is full', /Er is een storing/],
  ] as const) {
    it(`translates the warning: ${warning}`, () => {
      const words = warningWords(warning);
      expect(words.text).to.match(text);
      if (!/instead|nobody/.test(warning)) expect(words.detail).to.equal(warning);
    });
  }

  it('names the wrong field of a problem, and has no words for a fault on our side', () => {
    const problem = new Problem('invalid', 'x', [{ field: 'centralistIds.3', message: 'names no centralist' }]);
    expect(problemWords(problem)).to.deep.equal({
      status: 400,
      text: 'Controleer wat u hebt ingevuld.',
      fields: [{ field: 'centralistIds.3', message: 'Kies centralisten uit de lijst.' }],
    });
    expect(problemWords(new Problem('unavailable', 'x'))).to.include({ status: 503 });
    expect(problemWords(new Error('x'))).to.equal(undefined);
  });

  it('says what a form has done, and nothing for an unknown value in the address', () => {
    expect(doneWords('paused')).to.match(/gepauzeerd/);
    for (const strange of ['toString', '', 'x', undefined, ['paused']]) expect(doneWords(strange)).to.equal(undefined);
  });

  it('writes times, numbers and postcodes in the Dutch way', () => {
    expect(when(NOON, NOON)).to.equal('12:00');
    expect(when(NOON - 24 * 3_600_000, NOON)).to.equal('11 mrt 12:00');
    expect([count(4312), duration(34.4), duration(125), duration(-1)]).to.deep.equal([
      '4.312',
      '34 s',
      '2 min 05 s',
      '0 s',
    ]);
    expect([phone('+31612345678'), phone('+31321123456'), phone('+4930123456')]).to.deep.equal([
      '06-12345678',
      '0321-123456',
      '+4930123456',
    ]);
    expect([postcode('8251AB'), postcode('8251')]).to.deep.equal(['8251 AB', '8251']);
  });
});
