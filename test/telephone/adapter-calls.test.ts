import { expect } from 'chai';
import { prompt, type PromptName } from '../../src/domain/messages.js';
import type { E164 } from '../../src/domain/phone-number.js';
import type { AlertCall, Destination } from '../../src/ports/telephony.js';
import type { PhoneCall } from '../../src/phonenet/index.js';
import { startAdapter, type Adapter } from './support/adapter.js';
import { promptsHeard, type HeardPrompt } from './support/prompts-heard.js';
import type { SipPeer } from './support/sip-peer.js';

const CITIZEN = '0612345699';
/** A prompt serves as a short message. */
const MESSAGE = prompt('tip-transferring');
/** The far ends listen until the ending has begun. */
const LISTENS_MS = 14_000;

describe('calls on a real Asterisk', function () {
  this.timeout(60_000);
  let adapter: Adapter;

  before(async () => {
    adapter = await startAdapter();
  });
  after(() => adapter.stop());

  describe('from the trunk', () => {
    it('carry the address of the machine that sent them', async () => {
      const calling = adapter.pair.network.call({ from: '0612345678', hangUpAfterMs: 0, ringMs: 2_000 });
      const incoming = await adapter.arrivals.incoming.take();
      expect(incoming).to.include({ source: '127.0.0.1', from: '0612345678', withheld: false });
      await incoming.call.hangUp();
      await calling;
    });

    it('can be refused as busy, without an answer', async () => {
      const calling = adapter.pair.network.call({ from: '0612345678' });
      const incoming = await adapter.arrivals.incoming.take();
      await incoming.refuse();
      const call = await calling;
      expect(call).to.include({ sipStatus: 486, answeredAt: null });
      expect(await incoming.call.ended).to.include({ by: 'us' });
    });

    it('are marked as withheld when the caller asks for privacy', async () => {
      const calling = adapter.pair.network.call({ from: '0612345678', pai: '+31612345678', anonymous: true });
      const incoming = await adapter.arrivals.incoming.take();
      expect(incoming.withheld).to.equal(true);
      await incoming.refuse();
      await calling;
    });
  });

  describe('from a softphone', () => {
    let desk: SipPeer;
    let username: string;
    let callsBefore: number;

    before(async () => {
      callsBefore = (await adapter.pair.network.ledger()).length;
      ({ username, peer: desk } = await adapter.softphone('201'));
    });

    for (const dialled of ['*20', '202', '*10', '20', '123456']) {
      it(`that dials ${dialled} arrive with the account and the dialled number`, async () => {
        const inviting = desk.invite({ user: dialled });
        const arrived = await adapter.arrivals.desk.take();
        expect(arrived).to.include({ username, dialled });
        await arrived.call.answer();
        const { dialog } = await inviting;
        await arrived.call.hangUp();
        await dialog?.over;
      });
    }

    it('can be refused', async () => {
      const inviting = desk.invite({ user: '*21' });
      const arrived = await adapter.arrivals.desk.take();
      await arrived.call.hangUp();
      const { response } = await inviting;
      expect(response.status).to.be.at.least(400);
    });

    for (const dialled of ['112', '0612345678', '+31612345678', '0031612345678', '08000011', '1', '*', '*2', '#20']) {
      it(`that dials ${dialled} are refused, and make no other call`, async () => {
        const { response } = await desk.invite({ user: dialled });
        expect(response.status).to.equal(404);
        expect(adapter.arrivals.desk.kept).to.deep.equal([]);
        expect(adapter.arrivals.incoming.kept).to.deep.equal([]);
      });
    }

    it('make no call on the trunk', async () => {
      expect(await adapter.pair.network.ledger()).to.have.length(callsBefore);
    });
  });

  it('to softphones that an earlier controller left ringing are cancelled; the CANCEL says which of them are not missed', async () => {
    const phones = [await adapter.softphone('204'), await adapter.softphone('205')];
    const ringing = phones.map(({ peer }) => peer.ringsNext());
    const [served, missed] = phones.map(({ username }) =>
      adapter.telephony.place({
        id: adapter.newId(),
        to: { type: 'desk', username },
        callerId: { number: '0612345678', name: 'Actie 1' },
        ringMs: 20_000,
        maxMs: 60_000,
      }),
    );
    const [one, other] = await Promise.all(ringing);
    await adapter.restart();
    const orphans = await adapter.telephony.hangUpOrphans((id) => id === served?.id);
    expect(orphans).to.have.members([served?.id, missed?.id]);
    const elsewhere = 'SIP;cause=200;text="Call completed elsewhere"';
    expect((await one!.cancelled).headers('reason')[0]).to.equal(elsewhere);
    expect((await other!.cancelled).headers('reason')).not.to.include(elsewhere);
  });

  it('reach a softphone with any caller name, which is cut between two characters', async () => {
    const { peer: phone, account } = await adapter.softphone('206');
    for (const [name, shown] of [
      ['An\0na', '"An na"'],
      ['Anna \ud83d', '"Anna"'],
      [`${'x'.repeat(78)}é`, `"${'x'.repeat(78)}"`],
      ['👮'.repeat(40), `"${'👮'.repeat(19)}"`],
      ['\u202eAnna\\', '"Anna"'],
      ['Jan "de Lange" <1>;a=b', '"Jan de Lange 1 ;a=b"'],
    ] as const) {
      await adapter.telephony.provisionDesk({ ...account, displayName: name });
      const ringing = phone.ringsNext();
      const call = adapter.telephony.place({
        id: adapter.newId(),
        to: { type: 'desk', username: account.username },
        callerId: { number: '0612345678', name },
        ringMs: 10_000,
        maxMs: 20_000,
      });
      const { invite } = await Promise.race([ringing, call.ended.then((end) => Promise.reject(new Error(end.fault)))]);
      expect(invite.header('from').startsWith(shown), invite.header('from')).to.equal(true);
      call.cancel();
      await call.ended;
    }
  });

  it('play the same alert to a softphone as to a citizen', async () => {
    const { network } = adapter.pair;
    const account = await adapter.desk('203');
    const script = [
      { do: 'wait', ms: 2_000 },
      { do: 'press', digit: '1', ms: 160 },
    ] as const;
    const phone = await network.softphone(account, {
      type: 'answers',
      afterMs: 100,
      hangUpAfterMs: LISTENS_MS,
      script,
    });
    const [pressAfterMs, hangUpAfterMs] = [2_000, LISTENS_MS - 2_200];
    await network.setCitizens([
      { number: CITIZEN, persona: 'hangs_up_in_message', answerAfterMs: 100, pressAfterMs, hangUpAfterMs },
    ]);
    const placeAlert = (to: Destination): AlertCall =>
      adapter.telephony.placeAlert({
        id: adapter.newId(),
        to,
        callerId: { number: '08000011', name: 'Burgernet' },
        ringMs: 10_000,
        maxMs: 120_000,
        subject: 'a test call',
        script: { type: 'alert', opening: 'alert-prompt', message: MESSAGE, ending: 'ending' },
      });
    const both = [
      placeAlert({ type: 'desk', username: account.username }),
      placeAlert({ type: 'trunk', number: `+31${CITIZEN.slice(1)}` as E164 }),
    ];
    const first = both.map(({ acceptedOrOver, ended }) =>
      Promise.race([acceptedOrOver.then(() => 'accepted'), ended.then(() => 'ended')]),
    );
    expect(await Promise.all(first)).to.deep.equal(['accepted', 'accepted']);
    const ends = await Promise.all(both.map(({ ended }) => ended));
    expect(ends.map(({ answered, steps }) => [answered, steps.map(({ step }) => step)])).to.deep.equal([
      [true, ['prompt', 'message']],
      [true, ['prompt', 'message']],
    ]);
    const [atDesk] = await phone.calls();
    const atCitizen = await network.until(({ kind, endedAt }) => kind === 'citizen' && endedAt !== null, 2_000);
    const [desk, citizen] = [await heardIn(atDesk!), await heardIn(atCitizen)];
    expect(desk.map(({ name }) => name)).to.deep.equal([
      'alert-prompt',
      'tip-transferring',
      'tip-transferring',
      'ending',
    ]);
    for (const [n, { name, atMs }] of desk.entries()) {
      expect(citizen[n]?.name).to.equal(name);
      expect(citizen[n]?.atMs, name).to.be.closeTo(atMs, 300);
    }
  });

  const PLAYED: readonly PromptName[] = ['alert-prompt', 'tip-transferring', 'ending'];
  const heardIn = async (call: PhoneCall): Promise<readonly HeardPrompt[]> =>
    promptsHeard(await adapter.heard(call), PLAYED, (name) => adapter.samples(name));
});
