import { expect } from 'chai';
import type { Call } from '../../src/ports/call.js';
import type { Conversation } from '../../src/ports/telephony.js';
import type { LiveCall } from '../../src/phonenet/index.js';
import { startAdapter, type Adapter } from './support/adapter.js';
import type { SipMessage } from './support/sip-message.js';
import { dialogOf } from './support/bare-trunk.js';
import type { Dialog, SipPeer } from './support/sip-peer.js';

describe('a transfer on a real Asterisk', function () {
  this.timeout(60_000);
  let adapter: Adapter;
  let desk: SipPeer;
  let username: string;

  before(async () => {
    adapter = await startAdapter();
    ({ peer: desk, username } = await adapter.softphone('201'));
  });
  after(() => adapter.stop());

  /** A caller in conversation with the centralist. */
  interface Conversing {
    readonly caller: LiveCall;
    readonly tip: Call;
    readonly centralist: Call;
    readonly conversation: Conversation;
    readonly dialog: Dialog;
  }
  const talking = async (): Promise<Conversing> => {
    const caller = await adapter.pair.network.startCall({ from: '0612345678' });
    const { call: tip } = await adapter.arrivals.incoming.take();
    await tip.answer();
    const answering = desk.answersNext();
    const centralist = await adapter.reach({ username });
    const conversation = await adapter.telephony.connect(tip, centralist);
    return { caller, tip, centralist, conversation, dialog: await answering };
  };
  const hangUp = async ({ caller, tip, centralist }: Conversing): Promise<void> => {
    await Promise.all([tip.hangUp(), centralist.hangUp()]);
    await caller.ended;
  };
  const notified = (dialog: Dialog, says: RegExp): Promise<SipMessage> =>
    desk.until(
      (message) =>
        message.method === 'NOTIFY' && message.header('call-id') === dialog.callId && says.test(message.body),
      5_000,
      `NOTIFY ${says.source}`,
    );
  const refer = (dialog: Dialog, to: string): Promise<SipMessage> => dialog.request('REFER', [['Refer-To', `<${to}>`]]);
  const server = (): string => `${adapter.pair.sip.host}:${adapter.pair.sip.port}`;

  for (const [outcome, says] of [
    ['done', /^SIP\/2\.0 200/],
    ['failed', /^SIP\/2\.0 (503|603)/],
  ] as const) {
    it(`without consultation arrives at the controller, and NOTIFY reports its result to the softphone: ${outcome}`, async () => {
      const talk = await talking();
      const response = await refer(talk.dialog, `sip:202@${server()}`);
      expect(response.status).to.equal(202);
      const { centralist, request } = await adapter.arrivals.transfers.take();
      expect(centralist).to.equal(talk.centralist.id);
      expect(request).to.include({ to: '202', consulted: undefined });
      await request.report('ringing');
      await notified(talk.dialog, /^SIP\/2\.0 (100|180)/);
      expect(talk.tip.signal.aborted, 'the caller stays connected').to.equal(false);
      await request.report(outcome);
      const last = await notified(talk.dialog, says);
      expect(last.header('subscription-state')).to.match(/^terminated/);
      await hangUp(talk);
    });
  }

  it('after consultation arrives at the controller with the consultation call', async () => {
    const talk = await talking();
    const consulting = desk.invite({ user: '202' });
    const arrived = await adapter.arrivals.desk.take();
    await arrived.call.answer();
    const dialog = dialogOf(await consulting);
    const response = await refer(talk.dialog, `sip:202@${server()}?Replaces=${encodeURIComponent(dialog.replaces)}`);
    expect(response.status).to.equal(202);
    const { centralist, request } = await adapter.arrivals.transfers.take();
    expect(centralist).to.equal(talk.centralist.id);
    expect(request).to.include({ to: undefined, consulted: arrived.call.id });
    await request.report('done');
    await notified(talk.dialog, /^SIP\/2\.0 200/);
    expect([talk.tip, talk.centralist, arrived.call].map(({ signal }) => signal.aborted)).to.deep.equal([
      false,
      false,
      false,
    ]);
    await arrived.call.hangUp();
    await hangUp(talk);
  });
});
