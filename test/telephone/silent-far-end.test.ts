import { expect } from 'chai';
import type { Attempt } from '../../src/domain/attempt.js';
import type { Outcome } from '../../src/domain/outcome.js';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { eventually, startAdapter, type Adapter } from './support/adapter.js';
import { startExchange, type Exchange } from './support/exchange.js';
import { startFarTelephones, type FarTelephone, type FarTelephones } from './support/far-telephones.js';
import { startPeer, type SipPeer } from './support/sip-peer.js';

const KEY = { digit: '5', atMs: 1_500 };

/** Telephones that are there, however little they send: each is called once. */
const THERE: readonly (readonly [steps: string, does: FarTelephone, outcome: Outcome])[] = [
  ['a voicemail that greets for 6 s, beeps, and sends nothing while it records', { speaksMs: 6_400 }, 'no_digit'],
  ['a voicemail that never sends a packet', { speaksMs: 0 }, 'no_digit'],
  ['a listener whose telephone suppresses silence', { speaksMs: 3_000, presses: KEY }, 'confirmed'],
  ['a listener who was muted before the answer', { speaksMs: 0, presses: KEY }, 'confirmed'],
  [
    'a listener whose telephone sends comfort noise now and then',
    { speaksMs: 3_000, comfortNoiseEveryMs: 11_000, presses: KEY },
    'confirmed',
  ],
  ['a telephone that receives only', { speaksMs: 0, direction: 'recvonly', presses: KEY }, 'confirmed'],
  [
    'a silent listener behind an operator with session timers',
    { speaksMs: 2_500, timer: true, presses: KEY },
    'confirmed',
  ],
];

const numberOf = (index: number): string => `6123459${String(index).padStart(2, '0')}`;
const [REFUSES_TIMERS, DIES, LONG_TIMERS] = ['612345990', '612345991', '612345992'];
/** The least session timer there is, 90 s, is refreshed at its half. */
const REFRESH_MS = 45_000;
/** Longer than the first refresh of the session timer, told twice. */
const MESSAGE =
  'Gezocht: een blauwe fiets met een witte mand, een rood zadel, een gele bel en een groene jas op de bagagedrager. '
    .repeat(4)
    .trim();

describe('a far end that sends no packets', function () {
  this.timeout(150_000);
  let exchange: Exchange;
  let far: FarTelephones;
  let id: number;

  before(async () => {
    far = await startFarTelephones(
      new Map<string, FarTelephone>([
        ...THERE.map(([, does], index) => [numberOf(index), does] as const),
        [LONG_TIMERS, { speaksMs: 1_000, refusesTimer: 7_200, presses: KEY }],
        [REFUSES_TIMERS, { speaksMs: 1_000, refusesTimer: 'always', presses: KEY }],
        [DIES, { speaksMs: 2_500, timer: true, inCall: '481 Call Does Not Exist', presses: KEY }],
      ]),
    );
    exchange = await startExchange({ trunkPort: far.port });
    for (const number of [...THERE.map((_, index) => numberOf(index)), LONG_TIMERS, DIES, REFUSES_TIMERS])
      exchange.participant(`0${number}`, '7101AB');
    id = await exchange.draft('7101', { text: MESSAGE });
    await exchange.service.services.actions.start(id);
    await exchange.until(
      id,
      ({ counts }) => counts.waiting + counts.dialing + counts.ringing + counts.in_call === 0,
      'everybody to be called',
      120_000,
    );
  });

  after(async () => {
    await exchange.stop();
    far.close();
  });

  const outcomes = (number: string): (readonly [Outcome | null, number | null])[] =>
    exchange.attemptsTo(id, number).map(({ outcome, plays }: Attempt) => [outcome, plays]);

  for (const [index, [steps, , outcome]] of THERE.entries()) {
    it(`${steps} is called once and hears it all: ${outcome}`, () => {
      const number = numberOf(index);
      expect(outcomes(number)).to.deep.equal([[outcome, outcome === 'confirmed' ? 2 : 0]]);
      const [call, ...more] = far.calls(number);
      expect(more).to.deep.equal([]);
      // Fifty packets a second, from the answer to our BYE.
      const seconds = ((call?.endedAt ?? 0) - (call?.answeredAt ?? 0)) / 1_000;
      expect(call?.packets).to.be.greaterThan(seconds * 50 * 0.9);
    });
  }

  it('is offered a session timer that every operator accepts, and not asked to have one', () => {
    const [call] = far.calls(numberOf(0));
    expect(call?.invite.header('session-expires')).to.equal('1800');
    expect(call?.invite.header('supported')).to.match(/\btimer\b/);
    expect(call?.invite.header('require')).to.equal('');
  });

  it('gets no request in its call before our BYE, without a session timer', () => {
    const [call] = far.calls(numberOf(2));
    expect(call?.requests.map(({ method }) => method)).to.deep.equal(['BYE']);
  });

  it('goes on when it answers the refresh of its session timer', () => {
    const [call] = far.calls(numberOf(THERE.length - 1));
    const methods = (call?.requests ?? []).map(({ method }) => method);
    expect(methods.at(-1)).to.equal('BYE');
    expect(methods.slice(0, -1)).to.have.length.greaterThan(0);
    expect((call?.endedAt ?? 0) - (call?.answeredAt ?? 0)).to.be.greaterThan(REFRESH_MS);
  });

  it('is interrupted when it does not know the call any more, and whoever pressed a key is reached all the same', () => {
    const [attempt, ...more] = exchange.attemptsTo(id, DIES);
    expect(more).to.deep.equal([]);
    expect(attempt).to.include({ outcome: 'interrupted', sipStatus: 481 });
    expect(attempt?.confirmedAt).to.be.a('number');
    expect((attempt?.endedAt ?? 0) - (attempt?.answeredAt ?? 0)).to.be.within(REFRESH_MS - 2_000, REFRESH_MS + 15_000);
    expect(exchange.service.services.gauges().lines.outbound, 'its line is given back').to.equal(0);
  });

  it('that wants a longer session timer (422) gets it in the same call', () => {
    expect(outcomes(LONG_TIMERS)).to.deep.equal([['confirmed', 2]]);
    const [call] = far.calls(LONG_TIMERS);
    expect(call?.answered?.header('session-expires')).to.match(/^7200/);
  });

  it('that refuses every session timer is called again without one', () => {
    expect(outcomes(REFUSES_TIMERS)).to.deep.equal([
      ['interrupted', 0],
      ['confirmed', 2],
    ]);
    expect(far.calls(REFUSES_TIMERS).map(({ invite }) => invite.header('session-expires'))).to.deep.equal(['1800', '']);
  });
});

describe('a softphone that sends no packets', function () {
  this.timeout(120_000);
  let adapter: Adapter;
  const peers: SipPeer[] = [];

  const answering = async (extension: string): Promise<{ peer: SipPeer; username: string }> => {
    const account = await adapter.desk(extension);
    const peer = await startPeer(adapter.pair.sip, account);
    peers.push(peer);
    expect(await peer.register(120)).to.equal(200);
    void peer.answersNext();
    return { peer, username: account.username };
  };

  before(async () => {
    adapter = await startAdapter({ sip: { host: '127.0.0.1', port: await freePort('127.0.0.1') } });
  });
  after(async () => {
    for (const peer of peers) peer.close();
    await adapter.stop();
  });

  it('stays connected while it is there, and is hung up when it is gone without a word', async () => {
    const [muted, gone] = [await answering('201'), await answering('202')];
    const [listening, lost] = [
      await adapter.reach({ username: muted.username }),
      await adapter.reach({ username: gone.username }),
    ];
    const startedAt = performance.now();
    gone.peer.close();
    const end = await lost.ended;
    expect(end).to.include({ by: 'lost', lineDead: true });
    expect(performance.now() - startedAt).to.be.lessThan(60_000);
    // Longer than Asterisk was told to wait for packets before: a minute.
    await eventually(() => performance.now() - startedAt > 65_000 || undefined, 70_000, 'a minute of silence');
    expect(listening.signal.aborted).to.equal(false);
    await listening.hangUp();
  });
});
