import { expect } from 'chai';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import type { Call } from '../../src/ports/call.js';
import { eventually, startAdapter, type Adapter } from './support/adapter.js';
import { startExchange, type Exchange } from './support/exchange.js';
import { token } from './support/sip-message.js';
import { startPeer, type Dialog, type SipPeer } from './support/sip-peer.js';

const HOST = '127.0.0.1';
const SOON_MS = 10_000;

const newBranch = (): string => `z9hG4bK${token()}`;
/** The branch of the copies: that of the INVITE itself, or another one. */
const COPIES = [
  ['as it was', undefined],
  ['by another way', newBranch],
] as const;

const callIdOf = (peer: SipPeer): string => peer.received.at(-1)?.header('call-id') ?? '';
/**
 * Sends copies of the INVITE until one is refused as merged. One that overtakes the ACK is ignored: Asterisk repeats its
 * answer to the first.
 */
const comesAgain = (peer: SipPeer, callId: string, branch?: () => string): Promise<true> =>
  eventually(
    () => {
      peer.inviteAgain(branch?.());
      return peer.received.some((one) => one.status === 482 && one.header('call-id') === callId) || undefined;
    },
    SOON_MS,
    'a copy is refused',
  );

describe('an INVITE that comes again', function () {
  this.timeout(60_000);
  let adapter: Adapter;
  let operator: SipPeer;

  before(async () => {
    const sip = { host: HOST, port: await freePort(HOST) };
    operator = await startPeer(sip);
    adapter = await startAdapter({ sip, trunk: { host: HOST, port: operator.port } });
  });
  after(async () => {
    operator.close();
    await adapter.stop();
  });

  const answered = async (): Promise<{ call: Call; dialog: Dialog }> => {
    const inviting = operator.invite({ user: '08000011' });
    const { call } = await adapter.arrivals.incoming.take();
    await call.answer();
    const { dialog } = await inviting;
    if (!dialog) throw new Error('not answered');
    return { call, dialog };
  };
  /** The next call is the next arrival: no copy was one. */
  const nothingArrived = async (): Promise<void> => {
    const inviting = operator.invite({ user: '08000011', from: '0687654321' });
    const next = await adapter.arrivals.incoming.take();
    expect(next.from).to.equal('0687654321');
    await next.refuse();
    expect((await inviting).response.status).to.equal(486);
    expect(adapter.arrivals.incoming.kept).to.deep.equal([]);
  };
  /** The call goes on, and is hung up like any other. */
  const goesOn = async ({ call, dialog }: { call: Call; dialog: Dialog }): Promise<void> => {
    expect(call.signal.aborted).to.equal(false);
    expect((await dialog.offer('sendrecv')).status).to.equal(200);
    expect((await dialog.request('BYE')).status).to.equal(200);
    expect(await call.ended).to.include({ by: 'them' });
  };

  for (const [how, branch] of COPIES) {
    it(`after its ACK, ${how}, is no second call, and the first goes on`, async () => {
      const first = await answered();
      await comesAgain(operator, first.dialog.callId, branch);
      operator.inviteAgain(branch?.());
      await nothingArrived();
      await goesOn(first);
    });

    it(`after its call was over, ${how}, is no second call`, async () => {
      const first = await answered();
      const { callId } = first.dialog;
      await goesOn(first);
      await comesAgain(operator, callId, branch);
      await nothingArrived();
    });
  }

  it('by other ways while the first rings is no second call', async () => {
    const inviting = operator.invite({ user: '08000011' });
    const { call } = await adapter.arrivals.incoming.take();
    await comesAgain(operator, callIdOf(operator), newBranch);
    await call.answer();
    const { dialog } = await inviting;
    if (!dialog) throw new Error('not answered');
    await nothingArrived();
    await goesOn({ call, dialog });
  });

  it('by other ways in the same moment is one call', async () => {
    for (let round = 0; round < 5; round++) {
      const inviting = operator.invite({ user: '08000011' });
      for (const branch of [newBranch(), newBranch(), newBranch()]) operator.inviteAgain(branch);
      const { call } = await adapter.arrivals.incoming.take();
      await comesAgain(operator, callIdOf(operator), newBranch);
      await call.hangUp();
      await inviting;
      await nothingArrived();
    }
  });

  it('of a softphone is no second call of the centralist', async () => {
    const account = await adapter.desk('201');
    const desk = await startPeer(adapter.pair.sip, account);
    try {
      await desk.register(60);
      const inviting = desk.invite({ user: '*20' });
      const { call } = await adapter.arrivals.desk.take();
      await call.answer();
      const { dialog } = await inviting;
      if (!dialog) throw new Error('not answered');
      desk.inviteAgain();
      await comesAgain(desk, dialog.callId, newBranch);
      expect((await dialog.request('BYE')).status).to.equal(200);
      await call.ended;
      expect(adapter.arrivals.desk.kept).to.deep.equal([]);
    } finally {
      desk.close();
    }
  });

  it('while there is no controller is no second caller, now or when it is back', async () => {
    await adapter.leave();
    const { dialog } = await operator.invite({ user: '08000011' });
    if (!dialog) throw new Error('not answered');
    operator.inviteAgain();
    await comesAgain(operator, dialog.callId, newBranch);
    await adapter.restart();
    const { call } = await adapter.arrivals.incoming.take();
    await nothingArrived();
    await goesOn({ call, dialog });
  });
});

describe('calls to the tip line whose INVITE comes again', function () {
  this.timeout(120_000);
  let exchange: Exchange;

  before(async () => {
    exchange = await startExchange();
  });
  after(() => exchange.stop());

  it('are one row each, which is closed when they hang up', async () => {
    const { tips } = exchange.service.services;
    const operator = await startPeer(exchange.sip);
    try {
      for (const [, branch] of COPIES) {
        const { dialog } = await operator.invite({ user: '08000011', from: '0612349201' });
        if (!dialog) throw new Error('not answered');
        await comesAgain(operator, dialog.callId, branch);
        expect((await dialog.request('BYE')).status).to.equal(200);
        operator.inviteAgain(branch?.());
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
    } finally {
      operator.close();
    }
  });
});
