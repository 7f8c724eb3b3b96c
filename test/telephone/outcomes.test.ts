import { expect } from 'chai';
import { freePort } from '../../src/adapters/asterisk/ports-free.js';
import type { Attempt } from '../../src/domain/attempt.js';
import type { Outcome } from '../../src/domain/outcome.js';
import { startExchange, type Exchange } from './support/exchange.js';
import { answersTheCancel, refuses, SDP, sends, startSipp } from './support/sipp.js';

interface Case {
  readonly name: string;
  readonly scenario: string;
  readonly outcome: Outcome;
  readonly sipStatus: number | null;
  readonly reason?: RegExp;
}

const CASES: readonly Case[] = [
  { name: 'busy (486)', scenario: refuses('486 Busy Here'), outcome: 'busy', sipStatus: 486 },
  { name: 'busy everywhere (600)', scenario: refuses('600 Busy Everywhere'), outcome: 'busy', sipStatus: 600 },
  {
    name: 'declined (603)',
    scenario: refuses('603 Decline', { before: sends('180 Ringing') }),
    outcome: 'declined',
    sipStatus: 603,
  },
  {
    name: 'nobody there now (480)',
    scenario: refuses('480 Temporarily Unavailable'),
    outcome: 'no_answer',
    sipStatus: 480,
  },
  {
    name: 'timed out at the far end (408)',
    scenario: refuses('408 Request Timeout'),
    outcome: 'no_answer',
    sipStatus: 408,
  },
  { name: 'no such number (404)', scenario: refuses('404 Not Found'), outcome: 'unreachable', sipStatus: 404 },
  { name: 'overloaded (503)', scenario: refuses('503 Service Unavailable'), outcome: 'congestion', sipStatus: 503 },
  { name: 'gone (410)', scenario: refuses('410 Gone'), outcome: 'unreachable', sipStatus: 410 },
  { name: 'incomplete (484)', scenario: refuses('484 Address Incomplete'), outcome: 'unreachable', sipStatus: 484 },
  {
    name: 'no common codec (488)',
    scenario: refuses('488 Not Acceptable Here'),
    outcome: 'unreachable',
    sipStatus: 488,
  },
  { name: 'server error (500)', scenario: refuses('500 Server Internal Error'), outcome: 'congestion', sipStatus: 500 },
  { name: 'nowhere (604)', scenario: refuses('604 Does Not Exist Anywhere'), outcome: 'unreachable', sipStatus: 604 },
  { name: 'too many (429)', scenario: refuses('429 Too Many Requests'), outcome: 'congestion', sipStatus: 429 },
  { name: 'forbidden (403)', scenario: refuses('403 Forbidden'), outcome: 'unreachable', sipStatus: 403 },
  {
    name: 'a 403 that speaks of a limit',
    scenario: refuses('403 Channel limit exceeded'),
    outcome: 'congestion',
    sipStatus: 403,
    reason: /limit/i,
  },
  {
    name: 'redirected (302), which is not followed',
    scenario: refuses('302 Moved Temporarily', { extra: 'Contact: <sip:08000011@127.0.0.1>\n' }),
    outcome: 'unreachable',
    sipStatus: 302,
  },
  {
    name: 'an announcement in early media (183), then 480',
    scenario: refuses('480 Temporarily Unavailable', { before: sends('183 Session Progress', SDP) }),
    outcome: 'no_answer',
    sipStatus: 480,
  },
  {
    name: 'ringing for ever, answered in the instant of our CANCEL',
    scenario: answersTheCancel(),
    outcome: 'no_answer',
    sipStatus: null,
  },
];

describe('what the operator answers', function () {
  this.timeout(60_000);
  let exchange: Exchange;
  let port: number;
  let next = 0;

  before(async () => {
    port = await freePort('127.0.0.1');
    exchange = await startExchange({ trunkPort: port, env: { BURGERNET_RING_SECONDS: '5' } });
  });

  after(() => exchange.stop());

  const callOne = async (until: (attempt: Attempt) => boolean): Promise<{ actionId: number; attempt: Attempt }> => {
    next += 1;
    const phone = `06123457${String(next).padStart(2, '0')}`;
    const postcode = String(7000 + next);
    exchange.participant(phone, `${postcode}AB`);
    const actionId = await exchange.draft(postcode, { text: 'Gezocht: een blauwe fiets.' });
    exchange.service.services.actions.start(actionId);
    await exchange.until(actionId, () => exchange.attemptsTo(actionId, phone).some(until), 'the outcome');
    const attempt = exchange.attemptsTo(actionId, phone)[0];
    if (!attempt) throw new Error('no attempt');
    return { actionId, attempt };
  };

  for (const { name, scenario, outcome, sipStatus, reason } of CASES) {
    it(`${name} is ${outcome}`, async () => {
      const operator = await startSipp({ scenario, port });
      try {
        const { actionId, attempt } = await callOne(({ outcome: ended }) => ended !== null);
        expect(attempt.outcome).to.equal(outcome);
        expect(attempt.sipStatus).to.equal(sipStatus);
        if (reason) expect(attempt.reason).to.match(reason);
        await exchange.service.services.actions.close(actionId, { result: 'false_alarm' });
        await operator.finished;
      } finally {
        operator.stop();
      }
    });
  }

  it('nothing at all is congestion, and the action says why in words', async () => {
    const { actionId, attempt } = await callOne(({ outcome }) => outcome !== null);
    expect(attempt.outcome).to.equal('congestion');
    expect(attempt.reason).to.match(/trunk does not answer/);
    const view = exchange.service.services.actions.view(actionId);
    expect(view.counts.congestion).to.be.greaterThan(0);
    expect(view.counts.waiting, 'no try is lost').to.equal(1);
    expect(view.warning)
      .to.match(/trunk does not answer/)
      .and.match(/BURGERNET_TRUNK/);
    await exchange.service.services.actions.close(actionId, { result: 'false_alarm' });
  });
});
