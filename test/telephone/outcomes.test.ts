import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import type { Attempt } from '../../src/domain/attempt.js';
import type { Outcome } from '../../src/domain/outcome.js';
import { eventually } from './support/eventually.js';
import { startExchange, type Exchange } from './support/exchange.js';
import {
  announces,
  answersAndHangsUp,
  answersTheCancel,
  earlyMedia,
  fallsSilentInTheMessage,
  ignores,
  operator,
  refuses,
  requestsTo,
  rings,
  sends,
  vanishes,
} from './support/operator.js';
import { startSipp, type SippRun } from './support/sipp.js';

interface Case {
  readonly name: string;
  readonly scenario: string;
  readonly outcome: Outcome;
  readonly sipStatus: number | null;
  readonly reason?: RegExp;
  /** The requests of this call that reached the operator; default: the INVITE, and the ACK of the refusal. */
  readonly requests?: readonly string[];
  /** More expectations of the attempt. */
  readonly also?: (attempt: Attempt) => void;
}

const SOUND = fileURLToPath(new URL('../../src/phonenet/sounds/tip.alaw', import.meta.url));
const RING_SECONDS = 5;
/** More than a hundred packets, so that the far end counts as a voice. */
const SPEAKS_MS = 2_500;

const rangOut = ({ dialedAt, endedAt, rangAt }: Attempt): void => {
  expect(rangAt, 'the ringing was stored').to.be.a('number');
  expect((endedAt ?? 0) - dialedAt).to.be.within(RING_SECONDS * 1_000 - 100, RING_SECONDS * 1_000 + 2_000);
};

const FINAL: readonly Case[] = [
  { name: 'busy (486)', scenario: refuses('486 Busy Here'), outcome: 'busy', sipStatus: 486 },
  { name: 'busy everywhere (600)', scenario: refuses('600 Busy Everywhere'), outcome: 'busy', sipStatus: 600 },
  {
    name: 'declined (603)',
    scenario: refuses('603 Decline', { before: sends('180 Ringing') }),
    outcome: 'declined',
    sipStatus: 603,
  },
  {
    name: 'temporarily unavailable (480)',
    scenario: refuses('480 Temporarily Unavailable'),
    outcome: 'no_answer',
    sipStatus: 480,
  },
  {
    name: 'temporarily unavailable after ringing (480)',
    scenario: refuses('480 Temporarily Unavailable', { before: sends('180 Ringing') }),
    outcome: 'no_answer',
    sipStatus: 480,
  },
  {
    name: 'timed out at the far end (408)',
    scenario: refuses('408 Request Timeout'),
    outcome: 'no_answer',
    sipStatus: 408,
  },
  {
    name: 'ended by the far side while ringing (487)',
    scenario: refuses('487 Request Terminated', { before: sends('180 Ringing') }),
    outcome: 'no_answer',
    sipStatus: 487,
  },
  { name: 'no such number (404)', scenario: refuses('404 Not Found'), outcome: 'unreachable', sipStatus: 404 },
  { name: 'gone (410)', scenario: refuses('410 Gone'), outcome: 'unreachable', sipStatus: 410 },
  { name: 'incomplete (484)', scenario: refuses('484 Address Incomplete'), outcome: 'unreachable', sipStatus: 484 },
  {
    name: 'no common codec (488)',
    scenario: refuses('488 Not Acceptable Here'),
    outcome: 'unreachable',
    sipStatus: 488,
  },
  {
    name: 'exists nowhere (604)',
    scenario: refuses('604 Does Not Exist Anywhere'),
    outcome: 'unreachable',
    sipStatus: 604,
  },
  { name: 'forbidden (403)', scenario: refuses('403 Forbidden'), outcome: 'unreachable', sipStatus: 403 },
  {
    name: 'a challenge without a password on our side (407)',
    scenario: refuses('407 Proxy Authentication Required', {
      header: 'Proxy-Authenticate: Digest realm="operator", nonce="1"',
    }),
    outcome: 'unreachable',
    sipStatus: 407,
  },
  {
    name: 'redirected (302)',
    // A call to that contact would be refused with 404, and would be in the messages.
    scenario: refuses('302 Moved Temporarily', { header: 'Contact: <sip:+31612345799@[local_ip]:[local_port]>' }),
    outcome: 'unreachable',
    sipStatus: 302,
  },
  // Every other refusal means that this number cannot be called.
  ...(
    [
      ['300 Multiple Choices', 'Contact: <sip:+31612345799@[local_ip]:[local_port]>'],
      ['301 Moved Permanently', 'Contact: <sip:+31612345799@[local_ip]:[local_port]>'],
      ['380 Alternative Service'],
      ['400 Bad Request'],
      ['405 Method Not Allowed'],
      ['482 Loop Detected'],
      ['485 Ambiguous'],
      ['501 Not Implemented'],
      ['606 Not Acceptable'],
      ['607 Unwanted'],
      ['608 Rejected'],
    ] as const
  ).map(([status, header]): Case => ({
    name: `any other refusal (${status})`,
    scenario: refuses(status, header === undefined ? {} : { header }),
    outcome: 'unreachable',
    sipStatus: Number(status.slice(0, 3)),
  })),
  {
    name: 'answered and hung up at once',
    scenario: answersAndHangsUp(),
    outcome: 'hung_up',
    sipStatus: null,
    requests: ['INVITE', 'ACK'],
  },
  {
    name: 'an announcement in early media (183), then 480',
    scenario: refuses('480 Temporarily Unavailable', { before: earlyMedia(SOUND) }),
    outcome: 'no_answer',
    sipStatus: 480,
  },
  {
    name: 'ringing (180), then nothing',
    scenario: rings(),
    outcome: 'no_answer',
    sipStatus: null,
    requests: ['INVITE', 'CANCEL', 'ACK'],
    also: rangOut,
  },
  {
    name: 'an announcement in early media (183) and no answer',
    scenario: announces(SOUND),
    outcome: 'no_answer',
    sipStatus: null,
    requests: ['INVITE', 'CANCEL', 'ACK'],
    also: rangOut,
  },
  {
    name: 'ringing (180), answered in the instant of our CANCEL',
    scenario: answersTheCancel(),
    outcome: 'no_answer',
    sipStatus: null,
    requests: ['INVITE', 'CANCEL', 'ACK', 'BYE'],
    also: rangOut,
  },
  {
    name: 'a far end that vanishes after the answer: no media, no BYE, no answer to our BYE',
    scenario: vanishes(SOUND, SPEAKS_MS),
    outcome: 'no_digit',
    sipStatus: null,
    requests: ['INVITE', 'ACK', 'BYE'],
  },
  {
    name: 'a listener whose media stop during the message',
    scenario: fallsSilentInTheMessage(SOUND, SPEAKS_MS - 500),
    outcome: 'confirmed',
    sipStatus: null,
    requests: ['INVITE', 'ACK', 'BYE'],
    also: ({ plays }) => {
      expect(plays, 'the message was played twice').to.equal(2);
    },
  },
];

const CONGESTED: readonly Case[] = [
  {
    name: 'a server error (500)',
    scenario: refuses('500 Server Internal Error'),
    outcome: 'congestion',
    sipStatus: 500,
  },
  { name: 'a bad gateway (502)', scenario: refuses('502 Bad Gateway'), outcome: 'congestion', sipStatus: 502 },
  { name: 'overloaded (503)', scenario: refuses('503 Service Unavailable'), outcome: 'congestion', sipStatus: 503 },
  {
    name: 'overloaded, with a time to come back (503 with Retry-After)',
    scenario: refuses('503 Service Unavailable', { header: 'Retry-After: 1' }),
    outcome: 'congestion',
    sipStatus: 503,
  },
  { name: 'a server time-out (504)', scenario: refuses('504 Server Time-out'), outcome: 'congestion', sipStatus: 504 },
  { name: 'too many (429)', scenario: refuses('429 Too Many Requests'), outcome: 'congestion', sipStatus: 429 },
  {
    name: 'a limit in the reason phrase (403)',
    scenario: refuses('403 Channel limit exceeded'),
    outcome: 'congestion',
    sipStatus: 403,
    reason: /limit/i,
  },
];

const [DEAD, CANCELLED] = ['612345790', '612345791'];
const numberOf = (place: number): string => `6123457${String(place).padStart(2, '0')}`;
const numbers = new Map([...FINAL, ...CONGESTED].map((one, place) => [one, numberOf(place + 1)]));

/**
 * While every call is refused, the dialer places one call in five seconds, and tries each number twice before
 * the next.
 */
const ALL_ENDED_MS = 140_000;
const SOON_MS = 5_000;

describe('the outcome of a call, by the answer of the operator', function () {
  this.timeout(150_000);
  let exchange: Exchange;
  let sipp: SippRun;
  let finalId: number;
  let congestedId: number;

  /** Drafts an action for these numbers, each with a participant of its own. */
  const draft = (postcode: string, list: Iterable<string>): Promise<number> => {
    for (const number of list) exchange.participant(`0${number}`, `${postcode}AB`);
    return exchange.draft(postcode, {
      text: 'Gezocht: een blauwe fiets met een witte mand, een rood zadel en een gele bel, meegenomen bij het station.',
    });
  };
  const firstTo = (actionId: number, number: string): Attempt | undefined => exchange.attemptsTo(actionId, number)[0];
  const allEnded = (actionId: number, cases: readonly Case[]): Promise<unknown> =>
    exchange.until(
      actionId,
      () => cases.every((one) => (firstTo(actionId, numbers.get(one)!)?.outcome ?? null) !== null),
      'every call to end',
      ALL_ENDED_MS,
    );
  const close = (actionId: number): Promise<unknown> =>
    exchange.service.services.actions.close(actionId, { result: 'false_alarm' });

  before(async () => {
    const port = await freePort('127.0.0.1');
    const subscribers = [...numbers].map(([{ scenario }, number]) => [number, scenario] as const);
    sipp = await startSipp({
      scenario: operator(new Map([...subscribers, [DEAD, ignores()], [CANCELLED, answersTheCancel()]])),
      port,
      calls: 'any',
    });
    // After SIPp, because an operator that does not answer OPTIONS counts as a dead trunk.
    exchange = await startExchange({ trunkPort: port, env: { BURGERNET_RING_SECONDS: String(RING_SECONDS) } });
    const { actions } = exchange.service.services;
    finalId = await draft(
      '7001',
      FINAL.map((one) => numbers.get(one)!),
    );
    congestedId = await draft(
      '7002',
      CONGESTED.map((one) => numbers.get(one)!),
    );
    await actions.start(finalId, { anyway: true });
    await exchange.until(finalId, ({ counts }) => counts.waiting === 0, 'every call to be placed');
    // Only now, because a congested operator would have slowed the other calls down.
    await actions.start(congestedId, { anyway: true });
  });

  after(async () => {
    sipp.stop();
    await exchange.stop();
  });

  const judge = async ({ outcome, sipStatus, reason, requests, also }: Case, attempt: Attempt): Promise<void> => {
    expect(attempt).to.include({ outcome, sipStatus });
    if (reason) expect(attempt.reason).to.match(reason);
    expect(requestsTo(await sipp.messages(), attempt.phone).slice(0, requests?.length ?? 2)).to.deep.equal(
      requests ?? ['INVITE', 'ACK'],
    );
    also?.(attempt);
  };

  describe('when the operator is congested: no participant loses an attempt', () => {
    before(async () => {
      await allEnded(congestedId, CONGESTED);
      expect(exchange.service.services.actions.view(congestedId).counts.selected).to.equal(CONGESTED.length);
      await close(congestedId);
      await exchange.calledOut(congestedId);
    });
    for (const one of CONGESTED) {
      it(`${one.name} is congestion`, () => judge(one, firstTo(congestedId, numbers.get(one)!)!));
    }
  });

  it('is cancelled when the answer crosses the CANCEL of a closed action, and the call is hung up', async () => {
    const { actions } = exchange.service.services;
    const id = await draft('7003', [CANCELLED]);
    await actions.start(id, { anyway: true });
    await exchange.until(id, ({ counts }) => counts.ringing === 1, 'the ringing');
    await close(id);
    await exchange.calledOut(id);
    expect(firstTo(id, CANCELLED)).to.include({ outcome: 'cancelled', sipStatus: null, answeredAt: null });
    // The outcome is known with the CANCEL. The answer that crosses the CANCEL is hung up a moment later.
    const requests = async (): Promise<string[]> => requestsTo(await sipp.messages(), CANCELLED);
    const hasEnded = async (): Promise<true | undefined> => (await requests()).includes('BYE') || undefined;
    await eventually(hasEnded, SOON_MS, 'the BYE');
    expect(await requests()).to.deep.equal(['INVITE', 'CANCEL', 'ACK', 'BYE']);
  });

  it('is congestion when there is no answer at all, and the action warns that the trunk does not answer', async () => {
    const { actions } = exchange.service.services;
    const id = await draft('7004', [DEAD]);
    await actions.start(id, { anyway: true });
    await exchange.until(id, () => (firstTo(id, DEAD)?.outcome ?? null) !== null, 'the end of the call');
    const attempt = firstTo(id, DEAD);
    expect(attempt).to.include({ outcome: 'congestion', sipStatus: null });
    expect(attempt?.reason).to.match(/trunk does not answer/);
    const view = actions.view(id);
    expect(view.counts.waiting + view.counts.dialing, 'the participant loses no attempt').to.equal(1);
    expect(view.warning)
      .to.match(/trunk does not answer/)
      .and.match(/BURGERNET_TRUNK/);
    await close(id);
    await exchange.calledOut(id);
  });

  describe('when the operator gives a final answer, or none', () => {
    before(() => allEnded(finalId, FINAL));
    for (const one of FINAL) {
      it(`${one.name} is ${one.outcome}`, () => judge(one, firstTo(finalId, numbers.get(one)!)!));
    }

    it('leads to no call to the contact of a redirection', async () => {
      expect(requestsTo(await sipp.messages(), '612345799')).to.deep.equal([]);
    });

    it('frees every line: those in use are of calls in progress', () => {
      const { counts } = exchange.service.services.actions.view(finalId);
      expect(exchange.service.services.gauges().lines.outbound).to.equal(
        counts.dialing + counts.ringing + counts.in_call,
      );
    });
  });
});
