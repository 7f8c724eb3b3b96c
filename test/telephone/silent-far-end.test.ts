import { expect } from 'chai';
import type { Attempt } from '../../src/domain/attempt.js';
import type { Outcome } from '../../src/domain/outcome.js';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { startAdapter, type Adapter } from './support/adapter.js';
import { silentFor } from './support/durations.js';
import { eventually } from './support/eventually.js';
import { startExchange, type Exchange } from './support/exchange.js';
import { startFarTelephones, type FarTelephone, type FarTelephones } from './support/far-telephones.js';
import type { SipPeer } from './support/sip-peer.js';

const KEY = { digit: '5', atMs: 1_500 };

/** Telephones that send few packets or none, but are still there: each must be called once. */
const STILL_THERE: readonly (readonly [name: string, behaviour: FarTelephone, outcome: Outcome])[] = [
  ['a voicemail that greets for 6 s, beeps, and sends nothing while it records', { speaksMs: 6_400 }, 'no_digit'],
  ['a voicemail that never sends a packet', { speaksMs: 0 }, 'no_digit'],
  ['a listener whose telephone suppresses silence', { speaksMs: 3_000, presses: KEY }, 'confirmed'],
  ['a listener who was muted before the answer', { speaksMs: 0, presses: KEY }, 'confirmed'],
  [
    'a listener whose telephone sends comfort noise now and then',
    { speaksMs: 3_000, comfortNoiseEveryMs: 11_000, presses: KEY },
    'confirmed',
  ],
  ['a telephone that only receives', { speaksMs: 0, direction: 'recvonly', presses: KEY }, 'confirmed'],
  [
    'a silent listener behind an operator with session timers',
    { speaksMs: 2_500, timer: true, presses: KEY },
    'confirmed',
  ],
];

const numberOf = (index: number): string => `6123459${String(index).padStart(2, '0')}`;
const [REFUSES_TIMERS, DIES, LONG_TIMERS] = ['612345990', '612345991', '612345992'];
/** The shortest session timer is 90 s, and is refreshed at half of that. */
const REFRESH_MS = 45_000;
/** Played twice, the message lasts longer than the first refresh of the session timer. */
const MESSAGE =
  'Gezocht: een blauwe fiets met een witte mand, een rood zadel, een gele bel en een groene jas op de bagagedrager. '
    .repeat(4)
    .trim();

describe('an alert to a far end that sends no packets', function () {
  this.timeout(150_000);
  let exchange: Exchange;
  let far: FarTelephones;
  let id: number;

  before(async () => {
    far = await startFarTelephones(
      new Map<string, FarTelephone>([
        ...STILL_THERE.map(([, behaviour], index) => [numberOf(index), behaviour] as const),
        [LONG_TIMERS, { speaksMs: 1_000, refusesTimer: 7_200, presses: KEY }],
        [REFUSES_TIMERS, { speaksMs: 1_000, refusesTimer: 'always', presses: KEY }],
        [DIES, { speaksMs: 2_500, timer: true, inCall: '481 Call Does Not Exist', presses: KEY }],
      ]),
    );
    exchange = await startExchange({ trunkPort: far.port });
    for (const number of [...STILL_THERE.map((_, index) => numberOf(index)), LONG_TIMERS, DIES, REFUSES_TIMERS])
      exchange.participant(`0${number}`, '7101AB');
    id = await exchange.draft('7101', { text: MESSAGE });
    await exchange.service.services.actions.start(id);
    await exchange.calledOut(id, 120_000);
  });

  after(async () => {
    await exchange.stop();
    far.close();
  });

  const outcomes = (number: string): (readonly [Outcome | null, number | null])[] =>
    exchange.attemptsTo(id, number).map(({ outcome, plays }: Attempt) => [outcome, plays]);

  for (const [index, [name, , outcome]] of STILL_THERE.entries()) {
    it(`is made once and played to its end, with outcome ${outcome}, to ${name}`, () => {
      const number = numberOf(index);
      expect(outcomes(number)).to.deep.equal([[outcome, outcome === 'confirmed' ? 2 : 0]]);
      const [call, ...more] = far.calls(number);
      expect(more).to.deep.equal([]);
      // Asterisk sends fifty packets a second, from the answer until our BYE.
      const seconds = ((call?.endedAt ?? 0) - (call?.answeredAt ?? 0)) / 1_000;
      expect(call?.packets).to.be.greaterThan(seconds * 50 * 0.9);
    });
  }

  it('offers a session timer that every operator accepts, and does not require one', () => {
    const [call] = far.calls(numberOf(0));
    expect(call?.invite.header('session-expires')).to.equal('1800');
    expect(call?.invite.header('supported')).to.match(/\btimer\b/);
    expect(call?.invite.header('require')).to.equal('');
  });

  it('sends no request before our BYE when there is no session timer', () => {
    const [call] = far.calls(numberOf(2));
    expect(call?.requests.map(({ method }) => method)).to.deep.equal(['BYE']);
  });

  it('goes on when the far end answers the refresh of its session timer', () => {
    const [call] = far.calls(numberOf(STILL_THERE.length - 1));
    const methods = (call?.requests ?? []).map(({ method }) => method);
    expect(methods.at(-1)).to.equal('BYE');
    expect(methods.slice(0, -1)).to.have.length.greaterThan(0);
    expect((call?.endedAt ?? 0) - (call?.answeredAt ?? 0)).to.be.greaterThan(REFRESH_MS);
  });

  it('is interrupted when the far end no longer knows the call; a participant who pressed a key is reached', () => {
    const [attempt, ...more] = exchange.attemptsTo(id, DIES);
    expect(more).to.deep.equal([]);
    expect(attempt).to.include({ outcome: 'interrupted', sipStatus: 481 });
    expect(attempt?.confirmedAt).to.be.a('number');
    expect((attempt?.endedAt ?? 0) - (attempt?.answeredAt ?? 0)).to.be.within(REFRESH_MS - 2_000, REFRESH_MS + 15_000);
    expect(exchange.service.services.gauges().lines.outbound, 'its line is free again').to.equal(0);
  });

  it('has a longer session timer when the operator wants one (422), in the same call', () => {
    expect(outcomes(LONG_TIMERS)).to.deep.equal([['confirmed', 2]]);
    const [call] = far.calls(LONG_TIMERS);
    expect(call?.answered?.header('session-expires')).to.match(/^7200/);
  });

  it('is made again without a session timer when the operator refuses every session timer', () => {
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

  const answering = async (extension: string): Promise<{ peer: SipPeer; username: string }> => {
    const softphone = await adapter.softphone(extension);
    void softphone.peer.answersNext();
    return softphone;
  };

  before(async () => {
    adapter = await startAdapter({ sip: { host: '127.0.0.1', port: await freePort('127.0.0.1') }, proxied: true });
  });
  after(() => adapter.stop());

  it('stays connected while it is still there, and is hung up when it has vanished', async () => {
    const [muted, vanished] = [await answering('201'), await answering('202')];
    const [listening, lost] = [
      await adapter.reach({ username: muted.username }),
      await adapter.reach({ username: vanished.username }),
    ];
    const startedAt = performance.now();
    vanished.peer.close();
    const end = await lost.ended;
    expect(end).to.include({ by: 'lost', lineDead: true });
    expect(performance.now() - startedAt).to.be.lessThan(60_000);
    // Longer than the minute without packets after which Asterisk hung up in an earlier version.
    await silentFor(65_000 - (performance.now() - startedAt));
    expect(listening.signal.aborted).to.equal(false);
    await listening.hangUp();
  });

  it('is judged by what it does now, although the events of that were lost together with the link', async () => {
    const [muted, vanished] = [await answering('203'), await answering('204')];
    const [listening, lost] = [
      await adapter.reach({ username: muted.username }),
      await adapter.reach({ username: vanished.username }),
    ];
    const isReachable = ({ username }: { username: string }): Promise<boolean> =>
      adapter.telephony.deskRegistered(username);
    muted.peer.inCall = undefined;
    await eventually(async () => !(await isReachable(muted)) || undefined, 20_000, 'OPTIONS is left unanswered');
    adapter.proxy?.trouble({
      events: ({ type }) => (/^(ContactStatus|PeerStatus)Change$/.test(type) ? { copies: 0 } : {}),
    });
    adapter.proxy?.cut();
    muted.peer.inCall = '200 OK';
    vanished.peer.close();
    await eventually(async () => (await isReachable(muted)) || undefined, 20_000, 'OPTIONS is answered');
    const answeredAt = performance.now();
    expect(await lost.ended).to.include({ by: 'lost', lineDead: true });
    await silentFor(30_000 - (performance.now() - answeredAt));
    expect(listening.signal.aborted).to.equal(false);
    await listening.hangUp();
  }).timeout(180_000);
});
