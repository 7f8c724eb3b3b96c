import { expect } from 'chai';
import type { Adapter } from './support/adapter.js';
import {
  callTipLine,
  dialFromSoftphone,
  dialogOf,
  startBareTrunk,
  TIP_LINE,
  type AnsweredCall,
  type BareTrunk,
} from './support/bare-trunk.js';
import { eventually } from './support/eventually.js';
import { startExchange, type Exchange } from './support/exchange.js';
import { token } from './support/sip-message.js';
import type { SipPeer } from './support/sip-peer.js';

const SOON_MS = 10_000;

const newBranch = (): string => `z9hG4bK${token()}`;
/**
 * The branch of the copies: that of the INVITE itself, or another one, as after another path through the
 * network.
 */
const COPIES = [
  ['unchanged', undefined],
  ['with another branch', newBranch],
] as const;

/**
 * Sends copies of the INVITE until one is refused as merged (482). A copy that overtakes the ACK does not
 * count: Asterisk repeats its answer to the first INVITE.
 */
const repeatUntilRefused = (peer: SipPeer, branch?: () => string): Promise<true> =>
  eventually(
    () => {
      const callId = peer.repeatInvite(branch?.());
      return peer.received.some((one) => one.status === 482 && one.header('call-id') === callId) || undefined;
    },
    SOON_MS,
    'a copy is refused',
  );

describe('an INVITE that arrives more than once', function () {
  this.timeout(60_000);
  let trunk: BareTrunk;
  let adapter: Adapter;
  let operator: SipPeer;

  before(async () => {
    trunk = await startBareTrunk();
    ({ adapter, operator } = trunk);
  });
  after(() => trunk.stop());

  /** Expects the next arrival to be a new call, so that no copy has arrived as a call before it. */
  const expectNoSecondCall = async (): Promise<void> => {
    const inviting = operator.invite({ user: TIP_LINE, from: '0687654321' });
    const next = await adapter.arrivals.incoming.take();
    expect(next.from).to.equal('0687654321');
    await next.refuse();
    expect((await inviting).response.status).to.equal(486);
    expect(adapter.arrivals.incoming.kept).to.deep.equal([]);
  };
  /** Expects that the call is still up, and that it can be hung up like any other call. */
  const expectCallGoesOn = async ({ call, dialog }: AnsweredCall): Promise<void> => {
    expect(call.signal.aborted).to.equal(false);
    expect((await dialog.offer('sendrecv')).status).to.equal(200);
    expect((await dialog.request('BYE')).status).to.equal(200);
    expect(await call.ended).to.include({ by: 'them' });
  };

  for (const [how, branch] of COPIES) {
    it(`makes no second call when a copy, ${how}, follows the ACK; the first call goes on`, async () => {
      const first = await callTipLine(adapter, operator);
      await repeatUntilRefused(operator, branch);
      operator.repeatInvite(branch?.());
      await expectNoSecondCall();
      await expectCallGoesOn(first);
    });

    it(`makes no second call when a copy, ${how}, arrives after the end of its call`, async () => {
      const first = await callTipLine(adapter, operator);
      await expectCallGoesOn(first);
      await repeatUntilRefused(operator, branch);
      await expectNoSecondCall();
    });
  }

  it('makes no second call when copies with other branches arrive while the first call rings', async () => {
    const inviting = operator.invite({ user: TIP_LINE });
    const { call } = await adapter.arrivals.incoming.take();
    await repeatUntilRefused(operator, newBranch);
    await call.answer();
    const dialog = dialogOf(await inviting);
    await expectNoSecondCall();
    await expectCallGoesOn({ call, dialog });
  });

  it('makes one call when copies with other branches arrive at the same moment', async () => {
    for (let round = 0; round < 20; round++) {
      const inviting = operator.invite({ user: TIP_LINE });
      for (const branch of [newBranch(), newBranch(), newBranch()]) operator.repeatInvite(branch);
      const { call } = await adapter.arrivals.incoming.take();
      await repeatUntilRefused(operator, newBranch);
      await call.hangUp();
      await inviting;
      await expectNoSecondCall();
    }
  });

  it('makes one call of a centralist when it comes from a softphone', async () => {
    const { peer } = await adapter.softphone('201');
    const { call, dialog } = await dialFromSoftphone(adapter, peer, '*20');
    peer.repeatInvite();
    await repeatUntilRefused(peer, newBranch);
    expect((await dialog.request('BYE')).status).to.equal(200);
    await call.ended;
    expect(adapter.arrivals.desk.kept).to.deep.equal([]);
  });

  it('makes one call while the controller is down, and no second one when the controller is back', async () => {
    await adapter.leave();
    const dialog = dialogOf(await operator.invite({ user: TIP_LINE }));
    operator.repeatInvite();
    await repeatUntilRefused(operator, newBranch);
    await adapter.restart();
    const { call } = await adapter.arrivals.incoming.take();
    await expectNoSecondCall();
    await expectCallGoesOn({ call, dialog });
  });
});

describe('tip line calls whose INVITE arrives more than once', function () {
  this.timeout(120_000);
  let exchange: Exchange;

  before(async () => {
    exchange = await startExchange();
  });
  after(() => exchange.stop());

  it('are stored as one row each, which is closed when the caller hangs up', async () => {
    const { tips } = exchange.service.services;
    const operator = await exchange.peer();
    for (const [, branch] of COPIES) {
      const dialog = dialogOf(await operator.invite({ user: TIP_LINE, from: '0612349201' }));
      await repeatUntilRefused(operator, branch);
      expect((await dialog.request('BYE')).status).to.equal(200);
      operator.repeatInvite(branch?.());
    }
    const rows = await eventually(
      () => {
        const all = tips.calls({});
        return all.length >= 2 && all.every(({ result }) => result !== null) ? all : undefined;
      },
      SOON_MS,
      'all rows are closed',
    );
    expect(rows.map(({ result, reason }) => [result, reason])).to.deep.equal([
      ['refused', 'unknown'],
      ['refused', 'unknown'],
    ]);
  });
});
