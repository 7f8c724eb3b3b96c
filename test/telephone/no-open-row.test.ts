import { expect } from 'chai';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { eventually, startAdapter, type Adapter } from './support/adapter.js';
import { startExchange, type Exchange } from './support/exchange.js';
import { startPeer, type SipPeer } from './support/sip-peer.js';

/** RFC 3261 17.2.1, 64*T1, at our T1. */
const TIMER_H_MS = 12_800;
/** A stranger is asked for a code a few times. */
const OVER_MS = 90_000;

/** What a caller does that the network does not tell us of. */
const CALLERS: readonly (readonly [steps: string, does: (caller: SipPeer, from: string) => Promise<void>])[] = [
  [
    'whose ACK never comes',
    async (caller, from) => {
      const { dialog } = await caller.invite({ user: '08000011', from, loseAck: true });
      expect(dialog).not.to.equal(undefined);
    },
  ],
  [
    'whose ACK never comes, and who is gone when the BYE comes',
    async (caller, from) => {
      await caller.invite({ user: '08000011', from, loseAck: true });
      caller.close();
    },
  ],
  [
    'whose BYE is lost',
    async (caller, from) => {
      await caller.invite({ user: '08000011', from });
      caller.close();
    },
  ],
  [
    'who is gone before the call is answered',
    async (caller, from) => {
      // It hears no answer.
      caller.invite({ user: '08000011', from }).catch(() => undefined);
      await new Promise(setImmediate);
      caller.close();
    },
  ],
];

describe('an answer that is never acknowledged', function () {
  this.timeout(90_000);
  let adapter: Adapter;
  let operator: SipPeer;

  before(async () => {
    const sip = { host: '127.0.0.1', port: await freePort('127.0.0.1') };
    operator = await startPeer(sip);
    adapter = await startAdapter({ sip, trunk: { host: sip.host, port: operator.port } });
  });
  after(async () => {
    operator.close();
    await adapter.stop();
  });

  it('ends the call, though nothing else would', async () => {
    const inviting = operator.invite({ user: '08000011', loseAck: true });
    const { call } = await adapter.arrivals.incoming.take();
    await call.answer();
    const { dialog } = await inviting;
    const startedAt = performance.now();
    const bye = await operator.until(({ method }) => method === 'BYE', TIMER_H_MS + 20_000, 'a BYE');
    expect(bye.header('call-id')).to.equal(dialog?.callId);
    expect(performance.now() - startedAt).to.be.at.least(TIMER_H_MS - 2_000);
    expect(['them', 'lost']).to.include((await call.ended).by);
  });
});

describe('a caller to the tip line whose end the network does not tell', function () {
  this.timeout(150_000);
  let exchange: Exchange;

  before(async () => {
    exchange = await startExchange();
  });
  after(() => exchange.stop());

  it('leaves one row, which is closed', async () => {
    const { tips } = exchange.service.services;
    const peers: SipPeer[] = [];
    try {
      for (const [index, [, does]] of CALLERS.entries()) {
        const caller = await startPeer(exchange.sip);
        peers.push(caller);
        await does(caller, `061234930${index}`);
      }
      const over = await eventually(
        () => {
          const rows = tips.calls({});
          return rows.length >= CALLERS.length && rows.every(({ result }) => result !== null) ? rows : undefined;
        },
        OVER_MS,
        'all rows are closed',
      );
      for (const [index, [steps]] of CALLERS.entries()) {
        const rows = over.filter(({ from }) => from?.endsWith(`1234930${index}`));
        expect(
          rows.map(({ result, endedAt }) => [result, typeof endedAt]),
          steps,
        ).to.deep.equal([['refused', 'number']]);
      }
      const { services } = exchange.service;
      await eventually(() => services.gauges().lines.inbound === 0 || undefined, OVER_MS, 'their lines are given back');
    } finally {
      for (const peer of peers) peer.close();
    }
  });
});
