import { expect } from 'chai';
import { Transfers, type TransfersTips } from '../../../src/app/centralists/transfers.js';
import type { Call, CallId } from '../../../src/ports/call.js';
import type { Centralist } from '../../../src/ports/stores.js';
import { ControlRoom } from '../../support/control-room.js';
import type { FakeCall } from '../../support/fake-call.js';

describe('a transfer that a softphone asks for', () => {
  let room: ControlRoom;
  let colleague: Centralist;
  /** What the tip line was asked for, and what it answers. */
  let asked: string[];
  let answer: 'done' | 'failed';
  let given: Call | undefined;
  let broken: boolean;

  const tips: TransfersTips = {
    transfer: (from, to) => {
      given = 'call' in to ? to.call : undefined;
      asked.push(`${from} → ${to.centralistId}${given ? ' at once' : ''}`);
      if (broken) return Promise.reject(new Error('a bug'));
      return Promise.resolve(from === 'tip' ? answer : 'failed');
    },
  };
  const transfers = (from: CallId, to: { dialled: string } | { consulted: CallId }): string[] =>
    room.telephony.transfers(from, to);
  /** The centralist dials the colleague, who answers after so long. */
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
    ({ centralist: colleague } = await room.deskSide.desk.add({ name: 'Kees', extension: '22' }));
    const { desks, deskSide, log } = room;
    const passing = new Transfers({ desks, internal: deskSide.internal, tips, log });
    room.telephony.onTransfer((centralist, request) => {
      passing.take(centralist, request);
    });
  });

  afterEach(() => {
    room.close();
  });

  describe('to an extension', () => {
    it('passes the caller on, and says how it goes', async () => {
      const told = transfers('tip', { dialled: '22' });
      await room.clock.advance(10);
      expect(asked).to.deep.equal([`tip → ${colleague.id}`]);
      expect(told).to.deep.equal(['ringing', 'done']);
    });

    it('fails when the colleague does not take it', async () => {
      answer = 'failed';
      const told = transfers('tip', { dialled: '22' });
      await room.clock.advance(10);
      expect(told).to.deep.equal(['ringing', 'failed']);
    });

    for (const dialled of ['99', '0612345678', '112', '*20', '']) {
      it(`'${dialled}', which is nobody’s, fails and asks nothing`, async () => {
        const told = transfers('tip', { dialled });
        await room.clock.advance(10);
        expect([told, asked]).to.deep.equal([['failed'], []]);
      });
    }

    it('fails for a call between colleagues', async () => {
      const call = await consults();
      const told = transfers(call.id, { dialled: '22' });
      const other = transfers(leg().id, { dialled: '21' });
      await room.clock.advance(10);
      expect(told).to.deep.equal(['failed']);
      expect(other).to.deep.equal(['failed']);
      expect(room.telephony.conversations[0]?.to, 'they talk on').to.equal(undefined);
      await room.clock.finish(call.hangUp());
    });
  });

  describe('to a colleague they spoke to first', () => {
    for (const [where, ask] of [
      ['in the call of the caller', (call: FakeCall) => transfers('tip', { consulted: call.id })],
      ['in the call to the colleague', (call: FakeCall) => transfers(call.id, { consulted: 'tip' })],
    ] as const) {
      it(`asked ${where}, takes the colleague out of it and hangs up who asked`, async () => {
        const call = await consults();
        const told = ask(call);
        await room.clock.advance(100);
        expect(asked).to.deep.equal([`tip → ${colleague.id} at once`]);
        expect(told).to.deep.equal(['done']);
        expect(given).to.equal(leg());
        expect(room.telephony.conversations[0]?.to).not.to.equal(undefined);
        expect(call.endedAt, 'the call of who asked is over').not.to.equal(undefined);
        expect(leg().endedAt, 'the colleague is still there').to.equal(undefined);
        expect(room.desks.isEngaged(colleague.id)).to.equal(true);
        expect(room.desks.isEngaged(room.centralist.id)).to.equal(false);
        await room.clock.finish(leg().hangUp());
        expect(room.desks.isEngaged(colleague.id)).to.equal(false);
      });
    }

    it('who had rung them about it, takes that colleague out of it and hangs up who asked', async () => {
      const call = await consults();
      const told = transfers('tip', { consulted: leg().id });
      await room.clock.advance(100);
      expect(asked).to.deep.equal([`tip → ${room.centralist.id} at once`]);
      expect(given).to.equal(call);
      expect(told).to.deep.equal(['done']);
      expect(leg().endedAt, 'the call of who asked is over').not.to.equal(undefined);
      expect(call.endedAt, 'who had rung them is still there').to.equal(undefined);
      expect([room.centralist.id, colleague.id].map((id) => room.desks.isEngaged(id))).to.deep.equal([true, false]);
      await room.clock.finish(call.hangUp());
      expect(room.desks.isEngaged(room.centralist.id)).to.equal(false);
    });

    it('is no caller when both calls are between colleagues', async () => {
      const call = await consults();
      expect(transfers(call.id, { consulted: leg().id })).to.deep.equal([]);
      await room.clock.advance(100);
      expect(asked).to.deep.equal([]);
      expect(room.telephony.conversations[0]?.to, 'they talk on').to.equal(undefined);
      await room.clock.finish(call.hangUp());
    });

    it('lets them talk on when it cannot be', async () => {
      answer = 'failed';
      const call = await consults();
      const told = transfers('tip', { consulted: call.id });
      await room.clock.advance(100);
      expect(told).to.deep.equal(['failed']);
      expect(room.telephony.conversations.map(({ to }) => to === undefined)).to.deep.equal([false, true]);
      expect(call.endedAt).to.equal(undefined);
      answer = 'done';
      expect(transfers('tip', { consulted: call.id })).to.deep.equal([]);
      await room.clock.advance(100);
      expect(call.endedAt, 'asked again, it can').not.to.equal(undefined);
      await room.clock.finish(leg().hangUp());
    });

    it('who has not answered yet is rung for the caller instead', async () => {
      const call = await consults(15_000);
      const ringing = leg();
      const told = transfers('tip', { consulted: call.id });
      await room.clock.advance(100);
      expect(ringing.endedAt, 'the colleague’s telephone stops').not.to.equal(undefined);
      expect(asked).to.deep.equal([`tip → ${colleague.id}`]);
      expect(told).to.deep.equal(['done']);
      await room.clock.finish(call.ended);
    });

    it('who answers in that very instant is connected with the caller', async () => {
      room.telephony.script(colleague.sipUsername, { answersAfterMs: 4_000 });
      const call = room.telephony.dials('desk21', '22');
      await room.clock.until(() => room.telephony.callsTo(colleague.sipUsername).at(-1)?.call.answeredAt !== undefined);
      const told = transfers('tip', { consulted: call.id });
      await room.clock.advance(100);
      expect(asked).to.deep.equal([`tip → ${colleague.id} at once`]);
      expect(told).to.deep.equal(['done']);
      await room.clock.finish(leg().hangUp());
    });

    it('fails when there is no such call, or no caller in the other', async () => {
      const call = await consults();
      const told = [transfers('tip', { consulted: 'nothing' }), transfers('nothing', { consulted: call.id })];
      await room.clock.advance(100);
      expect(told).to.deep.equal([['failed'], ['failed']]);
      expect(call.endedAt).to.equal(undefined);
      await room.clock.finish(call.hangUp());
    });

    it('who hangs up meanwhile leaves nobody behind', async () => {
      answer = 'failed';
      const call = await consults();
      transfers('tip', { consulted: call.id });
      leg().onEnd({ by: 'them' });
      await room.clock.advance(100);
      expect(call.endedAt).not.to.equal(undefined);
    });
  });

  it('is failed when something breaks, and says so', async () => {
    broken = true;
    const told = transfers('tip', { dialled: '22' });
    await room.clock.advance(10);
    expect(told).to.deep.equal(['ringing', 'failed']);
    expect(room.log.said('error')).to.deep.equal(['a transfer failed']);
  });
});
