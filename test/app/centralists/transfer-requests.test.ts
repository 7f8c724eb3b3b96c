import { expect } from 'chai';
import { Transfers, type TransfersTips } from '../../../src/app/centralists/transfers.js';
import type { Call, CallId } from '../../../src/ports/call.js';
import type { Centralist } from '../../../src/ports/stores.js';
import { ControlRoom } from '../../support/control-room.js';
import type { FakeCall } from '../../support/fake-call.js';

describe('a transfer request of a softphone', () => {
  let room: ControlRoom;
  let colleague: Centralist;
  /** The transfers that the tip line was asked for. */
  let asked: string[];
  /** What the tip line answers. */
  let answer: 'done' | 'failed';
  let given: Call | undefined;
  let broken: boolean;
  /** Delays the answer of the tip line. */
  let tipLineTakes: Promise<unknown>;

  const tips: TransfersTips = {
    transfer: (from, to) => {
      given = 'call' in to ? to.call : undefined;
      asked.push(`${from} → ${to.centralistId}${given ? ' at once' : ''}`);
      if (broken) return Promise.reject(new Error('a bug'));
      return tipLineTakes.then(() => (from === 'tip' ? answer : 'failed'));
    },
  };
  const transfers = (from: CallId, to: { dialled: string } | { consulted: CallId }): string[] =>
    room.telephony.transfers(from, to);
  /** The centralist dials the colleague, who answers after `answersAfterMs`. */
  const consults = async (answersAfterMs = 1_000): Promise<FakeCall> => {
    room.telephony.script(colleague.sipUsername, { answersAfterMs });
    const call = room.telephony.dials('desk21', '22');
    await room.clock.advance(3_000);
    return call;
  };
  const leg = (): FakeCall => room.telephony.callsTo(colleague.sipUsername).at(-1)!.call;

  beforeEach(async () => {
    room = new ControlRoom();
    asked = [];
    answer = 'done';
    given = undefined;
    broken = false;
    tipLineTakes = Promise.resolve();
    ({ centralist: colleague } = await room.centralists.add({ name: 'Kees', extension: '22' }));
    const { softphones, colleagueCalls, log } = room;
    const transferring = new Transfers({ softphones, colleagueCalls, tips, log });
    room.telephony.onTransfer((centralist, request) => {
      transferring.take(centralist, request);
    });
  });

  afterEach(() => {
    room.close();
  });

  describe('to an extension', () => {
    it('transfers the caller, and reports the progress', async () => {
      const reports = transfers('tip', { dialled: '22' });
      await room.clock.advance(10);
      expect(asked).to.deep.equal([`tip → ${colleague.id}`]);
      expect(reports).to.deep.equal(['ringing', 'done']);
    });

    it('fails when the colleague does not answer', async () => {
      answer = 'failed';
      const reports = transfers('tip', { dialled: '22' });
      await room.clock.advance(10);
      expect(reports).to.deep.equal(['ringing', 'failed']);
    });

    for (const dialled of ['99', '0612345678', '112', '*20', '']) {
      it(`'${dialled}' without a centralist fails`, async () => {
        const reports = transfers('tip', { dialled });
        await room.clock.advance(10);
        expect([reports, asked]).to.deep.equal([['failed'], []]);
      });
    }

    it('fails for a call between colleagues', async () => {
      const call = await consults();
      const reports = transfers(call.id, { dialled: '22' });
      const other = transfers(leg().id, { dialled: '21' });
      await room.clock.advance(10);
      expect(reports).to.deep.equal(['failed']);
      expect(other).to.deep.equal(['failed']);
      expect(room.telephony.conversations[0]?.to, 'both are still talking').to.equal(undefined);
      await room.clock.finish(call.hangUp());
    });
  });

  describe('to a colleague who was consulted first', () => {
    for (const [where, ask] of [
      ['in the call of the caller', (call: FakeCall) => transfers('tip', { consulted: call.id })],
      ['in the call to the colleague', (call: FakeCall) => transfers(call.id, { consulted: 'tip' })],
    ] as const) {
      it(`made ${where}, takes out the colleague and hangs up the centralist`, async () => {
        const call = await consults();
        const reports = ask(call);
        await room.clock.advance(100);
        expect(asked).to.deep.equal([`tip → ${colleague.id} at once`]);
        expect(reports).to.deep.equal(['done']);
        expect(given).to.equal(leg());
        expect(room.telephony.conversations[0]?.to).not.to.equal(undefined);
        expect(call.endedAt, 'the call of the centralist is over').not.to.equal(undefined);
        expect(leg().endedAt, 'the colleague is still there').to.equal(undefined);
        expect(room.softphones.isEngaged(colleague.id)).to.equal(true);
        expect(room.softphones.isEngaged(room.centralist.id)).to.equal(false);
        await room.clock.finish(leg().hangUp());
        expect(room.softphones.isEngaged(colleague.id)).to.equal(false);
      });
    }

    it('after the colleague had dialled the centralist: takes out that colleague and hangs up the centralist', async () => {
      const call = await consults();
      const reports = transfers('tip', { consulted: leg().id });
      await room.clock.advance(100);
      expect(asked).to.deep.equal([`tip → ${room.centralist.id} at once`]);
      expect(given).to.equal(call);
      expect(reports).to.deep.equal(['done']);
      expect(leg().endedAt, 'the call of the centralist is over').not.to.equal(undefined);
      expect(call.endedAt, 'the colleague who had dialled is still there').to.equal(undefined);
      expect([room.centralist.id, colleague.id].map((id) => room.softphones.isEngaged(id))).to.deep.equal([
        true,
        false,
      ]);
      await room.clock.finish(call.hangUp());
      expect(room.softphones.isEngaged(room.centralist.id)).to.equal(false);
    });

    it('fails when neither call has a caller', async () => {
      const call = await consults();
      expect(transfers(call.id, { consulted: leg().id })).to.deep.equal([]);
      await room.clock.advance(100);
      expect(asked).to.deep.equal([]);
      expect(room.telephony.conversations[0]?.to, 'both are still talking').to.equal(undefined);
      await room.clock.finish(call.hangUp());
    });

    it('reconnects both when it fails', async () => {
      answer = 'failed';
      const call = await consults();
      const reports = transfers('tip', { consulted: call.id });
      await room.clock.advance(100);
      expect(reports).to.deep.equal(['failed']);
      expect(room.telephony.conversations.map(({ to }) => to === undefined)).to.deep.equal([false, true]);
      expect(call.endedAt).to.equal(undefined);
      answer = 'done';
      expect(transfers('tip', { consulted: call.id })).to.deep.equal([]);
      await room.clock.advance(100);
      expect(call.endedAt, 'a second try succeeds').not.to.equal(undefined);
      await room.clock.finish(leg().hangUp());
    });

    it('while the colleague is still ringing: stops that ringing, and rings them for the caller', async () => {
      const call = await consults(15_000);
      const ringing = leg();
      const reports = transfers('tip', { consulted: call.id });
      await room.clock.advance(100);
      expect(ringing.endedAt, 'the colleague’s telephone stops').not.to.equal(undefined);
      expect(asked).to.deep.equal([`tip → ${colleague.id}`]);
      expect(reports).to.deep.equal(['done']);
      await room.clock.finish(call.ended);
    });

    it('just as the colleague answers: connects them with the caller', async () => {
      room.telephony.script(colleague.sipUsername, { answersAfterMs: 4_000 });
      const call = room.telephony.dials('desk21', '22');
      await room.clock.until(() => room.telephony.callsTo(colleague.sipUsername).at(-1)?.call.answeredAt !== undefined);
      const reports = transfers('tip', { consulted: call.id });
      await room.clock.advance(100);
      expect(asked).to.deep.equal([`tip → ${colleague.id} at once`]);
      expect(reports).to.deep.equal(['done']);
      await room.clock.finish(leg().hangUp());
    });

    for (const [when, answersAfterMs, transferred] of [
      ['while the colleague is still ringing', 15_000, ''],
      ['while both talk', 1_000, ' at once'],
    ] as const)
      it(`is made once when it is asked for twice ${when}: the second request fails`, async () => {
        const call = await consults(answersAfterMs);
        tipLineTakes = new Promise((resolve) => room.clock.after(5_000, () => resolve(undefined)));
        const first = transfers('tip', { consulted: call.id });
        const second = transfers('tip', { consulted: call.id });
        await room.clock.advance(1_000);
        const third = transfers(call.id, { consulted: 'tip' });
        await room.clock.advance(10_000);
        expect(asked).to.deep.equal([`tip → ${colleague.id}${transferred}`]);
        expect([first, second, third]).to.deep.equal([['done'], ['failed'], ['failed']]);
        if (leg().endedAt === undefined) await room.clock.finish(leg().hangUp());
        await room.clock.finish(call.ended);
      });

    it('fails when the consulted call or the caller is unknown', async () => {
      const call = await consults();
      const reports = [transfers('tip', { consulted: 'nothing' }), transfers('nothing', { consulted: call.id })];
      await room.clock.advance(100);
      expect(reports).to.deep.equal([['failed'], ['failed']]);
      expect(call.endedAt).to.equal(undefined);
      await room.clock.finish(call.hangUp());
    });

    it('hangs up the centralist when the colleague hangs up meanwhile', async () => {
      answer = 'failed';
      const call = await consults();
      transfers('tip', { consulted: call.id });
      leg().onEnd({ by: 'them' });
      await room.clock.advance(100);
      expect(call.endedAt).not.to.equal(undefined);
    });
  });

  it('fails when the tip line throws, and logs that', async () => {
    broken = true;
    const reports = transfers('tip', { dialled: '22' });
    await room.clock.advance(10);
    expect(reports).to.deep.equal(['ringing', 'failed']);
    expect(room.log.said('error')).to.deep.equal(['transfer failed']);
  });
});
