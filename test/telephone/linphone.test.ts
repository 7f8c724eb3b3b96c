import { expect } from 'chai';
import type { Call } from '../../src/ports/call.js';
import type { Conversation } from '../../src/ports/telephony.js';
import { hearings, readSound, toneMarks, type LiveCall, type MarkTone } from '../../src/phonenet/index.js';
import { startAdapter, type Adapter } from './support/adapter.js';
import { onHoldFor, speaksFor } from './support/durations.js';
import { startLinphone, type Linphone } from './support/linphone.js';

const CALLER: readonly MarkTone[] = [1750, 600, 1750, 600];
const DESK: readonly MarkTone[] = [1040, 2300, 1040, 2300];
/** Long enough for all tones to be spoken, and for hold music to be recognised. */
const SPOKEN_MS = 2_500;

describe('Linphone as the softphone of a centralist', function () {
  this.timeout(60_000);
  let adapter: Adapter;
  let phone: Linphone;
  let username: string;
  let callerSound: string;

  before(async () => {
    adapter = await startAdapter();
    callerSound = await adapter.says(CALLER);
    const account = await adapter.desk('201');
    ({ username } = account);
    phone = await startLinphone({ account, says: `${await adapter.says(DESK)}.wav` });
    expect(await adapter.arrivals.registrations.take()).to.deep.equal({ username, registered: true });
  });
  after(async () => {
    await phone.stop();
    await phone.remove();
    await adapter.stop();
  });

  interface Conversing {
    readonly caller: LiveCall;
    readonly tip: Call;
    readonly centralist: Call;
    readonly conversation: Conversation;
  }
  const talking = async (): Promise<Conversing> => {
    const caller = await adapter.pair.network.startCall({
      from: '0612345678',
      script: [
        { do: 'wait', ms: 700 },
        { do: 'play', sound: callerSound },
      ],
    });
    const { call: tip } = await adapter.arrivals.incoming.take();
    const centralist = await adapter.reach({ username });
    await tip.answer();
    return { caller, tip, centralist, conversation: await adapter.telephony.connect(tip, centralist) };
  };
  const end = async ({ caller, tip, centralist }: Conversing): Promise<void> => {
    await Promise.all([tip.hangUp(), centralist.hangUp()]);
    await caller.ended;
  };

  it('dials a service code', async () => {
    phone.type('call *20');
    const arrived = await adapter.arrivals.desk.take();
    expect(arrived).to.include({ username, dialled: '*20' });
    await arrived.call.hangUp();
  });

  it('requests a transfer without consultation', async () => {
    const talk = await talking();
    phone.type('transfer 202');
    const { centralist, request } = await adapter.arrivals.transfers.take();
    expect(centralist).to.equal(talk.centralist.id);
    expect(request).to.include({ to: '202', consulted: undefined });
    await request.report('done');
    await end(talk);
  });

  it('puts the caller on hold, consults a colleague, and requests a transfer to the colleague', async () => {
    const talk = await talking();
    phone.type('pause');
    const [, first] = await phone.writes(/Pausing call (\d+)/);
    await phone.writes(/is now paused|Media streams established/);
    phone.type('call 202');
    const [, second] = await phone.writes(/assigned id (\d+)/);
    const arrived = await adapter.arrivals.desk.take();
    await arrived.call.answer();
    await phone.writes(/Media streams established/);
    await onHoldFor(SPOKEN_MS);
    phone.type(`transfer ${first} --to-call ${second}`);
    const { centralist, request } = await adapter.arrivals.transfers.take();
    expect(centralist).to.equal(talk.centralist.id);
    expect(request.consulted).to.equal(arrived.call.id);
    await request.report('done');
    await arrived.call.hangUp();
    await talk.tip.hangUp();
    await talk.centralist.hangUp();
    const heard = await adapter.heard(await talk.caller.ended);
    const held = hearings(heard, await adapter.samples('hold'));
    expect(held).to.have.length(1);
  });

  it('answers a call, and both sides hear one another', async () => {
    const talk = await talking();
    phone.speak();
    await speaksFor(SPOKEN_MS);
    await talk.caller.hangUp();
    await talk.conversation.ended;
    await talk.centralist.hangUp();
    expect(await adapter.tonesHeard(await talk.caller.ended)).to.include.members(DESK);
    await phone.stop();
    expect(toneMarks(await readSound(phone.heardFile)).map(({ hz }) => hz)).to.include.members(CALLER);
  });
});
