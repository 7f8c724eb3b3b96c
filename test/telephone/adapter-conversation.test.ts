import { expect } from 'chai';
import { stat } from 'node:fs/promises';
import type { Call, Recorded } from '../../src/ports/call.js';
import type { Conversation } from '../../src/ports/telephony.js';
import {
  hearings,
  readSound,
  toneMarks,
  type LiveCall,
  type MarkTone,
  type PhoneCall,
  type Softphone,
} from '../../src/phonenet/index.js';
import { startAdapter, type Adapter } from './support/adapter.js';
import { onHoldFor, speaksFor } from './support/durations.js';

const CALLER: readonly MarkTone[] = [1750, 600, 1750, 600, 1750];
const DESK: readonly MarkTone[] = [1040, 2300, 1040, 2300, 1040];
/** After this time both sides have spoken: five tones of 400 ms. */
const SPOKEN_MS = 2_600;

describe('a conversation on a real Asterisk', function () {
  this.timeout(60_000);
  let adapter: Adapter;
  let callerSound: string;
  let phone: Softphone;
  let username: string;

  before(async () => {
    adapter = await startAdapter();
    callerSound = await adapter.says(CALLER);
    const account = await adapter.desk('201');
    ({ username } = account);
    phone = await adapter.pair.network.softphone(account, {
      type: 'answers',
      afterMs: 0,
      says: await adapter.says(DESK),
    });
  });
  after(() => adapter.stop());

  interface Conversing {
    readonly caller: LiveCall;
    readonly tip: Call;
    readonly centralist: Call;
    readonly conversation: Conversation;
  }
  /** A caller in conversation with a centralist. The caller begins to speak when they are connected. */
  const talking = async (to = username, meanwhile?: (tip: Call) => Promise<void>): Promise<Conversing> => {
    const caller = await adapter.pair.network.startCall({
      from: '0612345678',
      script: [
        { do: 'wait', ms: 600 },
        { do: 'play', sound: callerSound },
      ],
    });
    const { call: tip } = await adapter.arrivals.incoming.take();
    const reaching = adapter.reach({ username: to });
    await tip.answer();
    const centralist = await reaching;
    await meanwhile?.(tip);
    return { caller, tip, centralist, conversation: await adapter.telephony.connect(tip, centralist) };
  };
  const tonesIn = async (recorded: Recorded | undefined): Promise<readonly number[]> => {
    if (!recorded) throw new Error('nothing was recorded');
    expect((await stat(recorded.file)).size).to.be.greaterThan(44);
    return toneMarks(await readSound(recorded.file)).map(({ hz }) => hz);
  };

  it('is connected when a controller that died has already made its bridge', async () => {
    const { address } = adapter.pair.asterisk;
    const { caller, tip, centralist, conversation } = await talking(username, async ({ id }) => {
      const made = await fetch(`${address.httpUrl}/ari/bridges/${id}-bridge?type=mixing&name=left`, {
        method: 'POST',
        headers: { authorization: address.authorization },
      });
      expect(made.status).to.equal(200);
    });
    await speaksFor(SPOKEN_MS);
    await caller.hangUp();
    await conversation.ended;
    await Promise.all([tip.hangUp(), centralist.hangUp()]);
    expect(await adapter.tonesHeard(await caller.ended)).to.include.members([...DESK]);
  });

  for (const end of ['the caller', 'the centralist'] as const) {
    it(`is recorded with both voices to the end when ${end} hangs up`, async () => {
      const { caller, tip, centralist, conversation } = await talking();
      const name = adapter.newId();
      await conversation.record(name);
      await speaksFor(SPOKEN_MS);
      if (end === 'the caller') await caller.hangUp();
      else await centralist.hangUp();
      await conversation.ended;
      const recorded = await conversation.recorded();
      expect(recorded?.name).to.equal(name);
      expect(await tonesIn(recorded)).to.include.members([...CALLER, ...DESK]);
      expect(recorded?.ms).to.be.within(SPOKEN_MS - 300, SPOKEN_MS + 2_000);
      await Promise.all([tip.hangUp(), centralist.hangUp()]);
      await caller.ended;
    });
  }

  it('carries the voice of each side to the other', async () => {
    const callers: PhoneCall[] = (await adapter.pair.network.ledger()).filter(({ kind }) => kind === 'caller');
    const desksCalls = await phone.calls();
    expect(await adapter.tonesHeard(callers[0]!)).to.deep.equal(DESK);
    expect(await adapter.tonesHeard(desksCalls[0]!)).to.include.members([1750, 600]);
  });

  it('is recorded without a break over a restart of the controller', async () => {
    const talk = await talking();
    const name = adapter.newId();
    await talk.conversation.record(name);
    await adapter.restart();
    const surviving = await adapter.telephony.survivingCalls();
    expect(surviving.conversations).to.deep.equal([{ a: talk.tip.id, b: talk.centralist.id }]);
    const incoming = surviving.incoming.find(({ id }) => id === talk.tip.id);
    const outgoing = surviving.outgoing.find(({ id }) => id === talk.centralist.id);
    if (!incoming || !outgoing) throw new Error('the calls did not survive');
    const { call: tip } = adapter.telephony.takeOverIncoming(incoming);
    const order = {
      id: outgoing.id,
      to: { type: 'desk', username } as const,
      callerId: { number: '', name: '' },
      ringMs: 0,
      maxMs: 60_000,
    };
    const centralist = (await adapter.telephony.takeOverOutgoing(order, outgoing).answered) as Call;
    const conversation = adapter.telephony.takeOverConversation(tip, centralist, name);
    await speaksFor(SPOKEN_MS);
    await talk.caller.hangUp();
    expect(await tonesIn(await conversation.recorded())).to.include.members([...CALLER, ...DESK]);
    await centralist.hangUp();
    await talk.caller.ended;
  });

  it('leaves no empty bridge behind after a restart, and spares the bridge of another program', async () => {
    const { address } = adapter.pair.asterisk;
    const headers = { authorization: address.authorization };
    const make = async (id: string): Promise<void> => {
      const made = await fetch(`${address.httpUrl}/ari/bridges/${id}?type=mixing`, { method: 'POST', headers });
      expect(made.status).to.equal(200);
    };
    await make('gone-caller-bridge');
    await make('of-another-program');
    const talk = await talking();
    await adapter.telephony.hangUpOrphans();
    const there = await fetch(`${address.httpUrl}/ari/bridges`, { headers });
    const ids = ((await there.json()) as { id: string }[]).map(({ id }) => id);
    expect(ids).to.have.members([`${talk.tip.id}-bridge`, 'of-another-program']);
    await talk.tip.hangUp();
    await talk.centralist.hangUp();
    await talk.caller.ended;
  });

  it('can be put on hold as soon as the answer of the softphone is acknowledged, ten times in a row', async () => {
    const { peer, username: other } = await adapter.softphone('203');
    for (let n = 0; n < 10; n++) {
      const answering = peer.answersNext();
      const [talk, dialog, held] = await Promise.all([
        talking(other),
        answering,
        answering.then((answered) => answered.offer('sendonly')),
      ]);
      expect(held.status).to.equal(200);
      await dialog.hangUp();
      await talk.tip.hangUp();
      await talk.caller.ended;
    }
  });

  it('plays hold music to a caller who is on hold, from the hold to its end', async () => {
    const { peer, username: other } = await adapter.softphone('202');
    const answering = peer.answersNext();
    const talk = await talking(other);
    const dialog = await answering;
    await speaksFor(1_000);
    const invitations = peer.received.filter(({ method }) => method === 'INVITE');
    expect(invitations, 'it gets no INVITE after its answer').to.have.length(1);
    expect((await dialog.offer('sendonly')).status).to.equal(200);
    const heldAt = Date.now();
    await onHoldFor(3_000);
    expect((await dialog.offer('sendrecv')).status).to.equal(200);
    const resumedAt = Date.now();
    await speaksFor(2_000);
    await dialog.hangUp();
    await talk.tip.hangUp();
    const call = await talk.caller.ended;
    const held = hearings(await adapter.heard(call), await adapter.samples('hold'));
    expect(held).to.have.length(1);
    const [from, to] = [heldAt, resumedAt].map((at) => at - (call.answeredAt ?? 0));
    expect(held[0]?.atMs).to.be.closeTo(from ?? 0, 300);
    expect((held[0]?.atMs ?? 0) + (held[0]?.heardMs ?? 0)).to.be.closeTo(to ?? 0, 300);
  });
});
