import { expect } from 'chai';
import { dialogOf, startBareTrunk, TIP_LINE, type BareTrunk } from './support/bare-trunk.js';
import { eventually } from './support/eventually.js';
import { startExchange, type Exchange } from './support/exchange.js';
import type { SipPeer } from './support/sip-peer.js';

/** Timer H of RFC 3261 17.2.1: 64 times our T1. */
const TIMER_H_MS = 12_800;
/** The longest time for a call to end. A stranger hears a few prompts before the tip line hangs up. */
const OVER_MS = 90_000;

/** Callers whose hang-up, or whose ACK, never arrives. */
const CALLERS: readonly (readonly [whose: string, call: (caller: SipPeer, from: string) => Promise<void>])[] = [
  [
    'whose ACK never arrives',
    async (caller, from) => {
      const { dialog } = await caller.invite({ user: TIP_LINE, from, loseAck: true });
      expect(dialog).not.to.equal(undefined);
    },
  ],
  [
    'whose ACK never arrives, and who has vanished when our BYE is sent',
    async (caller, from) => {
      await caller.invite({ user: TIP_LINE, from, loseAck: true });
      caller.close();
    },
  ],
  [
    'whose BYE is lost',
    async (caller, from) => {
      await caller.invite({ user: TIP_LINE, from });
      caller.close();
    },
  ],
  [
    'who vanishes before the call is answered',
    async (caller, from) => {
      // The caller never gets the answer.
      caller.invite({ user: TIP_LINE, from }).catch(() => undefined);
      await new Promise(setImmediate);
      caller.close();
    },
  ],
];

describe('an answer that is never acknowledged', function () {
  this.timeout(90_000);
  let trunk: BareTrunk;

  before(async () => {
    trunk = await startBareTrunk();
  });
  after(() => trunk.stop());

  it('ends the call with a BYE after timer H', async () => {
    const { adapter, operator } = trunk;
    const inviting = operator.invite({ user: TIP_LINE, loseAck: true });
    const { call } = await adapter.arrivals.incoming.take();
    await call.answer();
    const { callId } = dialogOf(await inviting);
    const startedAt = performance.now();
    const bye = await operator.until(({ method }) => method === 'BYE', TIMER_H_MS + 20_000, 'a BYE');
    expect(bye.header('call-id')).to.equal(callId);
    expect(performance.now() - startedAt).to.be.at.least(TIMER_H_MS - 2_000);
    expect(['them', 'lost']).to.include((await call.ended).by);
  });
});

describe('tip line calls whose hang-up is never reported', function () {
  this.timeout(150_000);
  let exchange: Exchange;

  before(async () => {
    exchange = await startExchange();
  });
  after(() => exchange.stop());

  it('are stored as one row each, which is closed, and free their lines', async () => {
    const { tips } = exchange.service.services;
    for (const [index, [, call]] of CALLERS.entries()) {
      const caller = await exchange.peer();
      await call(caller, `061234930${index}`);
    }
    const over = await eventually(
      () => {
        const rows = tips.calls({});
        return rows.length >= CALLERS.length && rows.every(({ result }) => result !== null) ? rows : undefined;
      },
      OVER_MS,
      'all rows are closed',
    );
    for (const [index, [whose]] of CALLERS.entries()) {
      const rows = over.filter(({ from }) => from?.endsWith(`1234930${index}`));
      expect(
        rows.map(({ result, endedAt }) => [result, typeof endedAt]),
        whose,
      ).to.deep.equal([['refused', 'number']]);
    }
    const { services } = exchange.service;
    await eventually(() => services.gauges().lines.inbound === 0 || undefined, OVER_MS, 'their lines are free again');
  });
});
