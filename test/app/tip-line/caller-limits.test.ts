import { expect } from 'chai';
import { mobile } from '../../adapters/sqlite/support/fixtures.js';
import type { ControlRoom } from '../../support/control-room.js';
import type { FakeCall } from '../../support/fake-call.js';
import { reachedRoom, rings, rowOf } from '../../support/tip-calls.js';

describe('callers who exceed a limit of the tip line', () => {
  let room: ControlRoom;

  /** By default the trunk has one line more than those reserved for tips. */
  const open = async (tipLines = 4, lines = tipLines + 1): Promise<void> => {
    ({ room } = await reachedRoom(2, { lines, tipLines }));
    room.telephony.script('desk21', { answersAfterMs: 1_000, hangsUpAtMs: 2_000 });
  };
  const isRefused = (call: FakeCall): boolean => room.telephony.refused.includes(call.id);
  const stranger = (n: number, more: { source?: string; withheld?: boolean } = {}): FakeCall =>
    room.telephony.ringUs(more.withheld ? undefined : `+316990000${String(n).padStart(2, '0')}`, {}, more);
  const over = (...calls: FakeCall[]): Promise<unknown> =>
    room.clock.finish(Promise.all(calls.map(({ ended }) => ended)));

  beforeEach(() => open());

  afterEach(async () => {
    await room.clock.advance(40_000);
    expect(room.inbound.liveCalls).to.equal(0);
    expect(room.lines.inbound).to.equal(0);
    room.close();
  });

  it('are refused as busy without being answered, take no line, and are stored with the reason', async () => {
    const [first, second, third] = [rings(room, 1), rings(room, 1), rings(room, 1)];
    expect([first, second, third].map(isRefused)).to.deep.equal([false, false, true]);
    expect(room.lines.inbound).to.equal(2);
    await over(first, second, third);
    await room.clock.advance(100);
    expect(third.answeredAt).to.equal(undefined);
    expect(rowOf(room, third)).to.include({ from: mobile(1), result: 'refused', reason: 'too_many', actionId: null });
    expect(rowOf(room, third).endedAt).to.equal(rowOf(room, third).receivedAt);
    expect([first, second].map((call) => rowOf(room, call).result)).to.deep.equal(['connected', 'connected']);
    expect(isRefused(rings(room, 1)), 'another call, once one of the two is over').to.equal(false);
  });

  it('may ring ten times a minute from one number', async () => {
    for (let n = 0; n < 10; n++) {
      const call = rings(room, 1, { hangsUpAtMs: 500 });
      await over(call);
      expect(isRefused(call), `call ${n + 1}`).to.equal(false);
    }
    const eleventh = rings(room, 1);
    expect(isRefused(eleventh)).to.equal(true);
    expect(isRefused(rings(room, 2, { hangsUpAtMs: 500 })), 'another caller').to.equal(false);
    await room.clock.advance(60_000);
    expect(isRefused(rings(room, 1, { hangsUpAtMs: 500 })), 'a minute later').to.equal(false);
  });

  it('are not locked out forever, because refused calls do not count', async () => {
    for (let n = 0; n < 10; n++) await over(rings(room, 1, { hangsUpAtMs: 100 }));
    for (let n = 0; n < 50; n++) rings(room, 1);
    await room.clock.advance(61_000);
    expect(isRefused(rings(room, 1, { hangsUpAtMs: 100 }))).to.equal(false);
  });

  describe('as strangers', () => {
    it('are answered a few at a time, on at most half of the tip lines', async () => {
      const calls = [1, 2, 3].map((n) => stranger(n));
      expect(calls.map(isRefused)).to.deep.equal([false, false, true]);
      await over(...calls);
      expect(isRefused(stranger(4))).to.equal(false);
    });

    it('are answered on more lines while all tip lines stay free', async () => {
      room.close();
      await open(4, 9);
      const calls = [1, 2, 3, 4, 5, 6].map((n) => stranger(n));
      expect(calls.map(isRefused)).to.deep.equal([false, false, false, false, false, true]);
      const reached = rings(room, 1);
      expect(isRefused(reached)).to.equal(false);
      await over(...calls, reached);
      expect(rowOf(room, reached).result).to.equal('connected');
    });

    it('are answered one at a time with one tip line', async () => {
      room.close();
      await open(1);
      expect([stranger(1), stranger(2)].map(isRefused)).to.deep.equal([false, true]);
    });

    it('are answered three times in ten minutes on one number', async () => {
      for (let n = 0; n < 3; n++) {
        const call = stranger(1);
        await over(call);
        expect(call.heardWords).to.equal('tip-unknown');
        await room.clock.advance(60_000);
      }
      expect(isRefused(stranger(1))).to.equal(true);
      await room.clock.advance(8 * 60_000);
      expect(isRefused(stranger(1))).to.equal(false);
    });

    it('are answered five times a second from one address, withheld number or not', async () => {
      room.close();
      await open(12);
      const calls = [1, 2, 3, 4, 5, 6].map((n) => stranger(n, { source: '192.0.2.1', withheld: n % 2 === 0 }));
      expect(calls.map(isRefused)).to.deep.equal([false, false, false, false, false, true]);
      expect(isRefused(stranger(7, { source: '192.0.2.2' }))).to.equal(false);
      expect(rowOf(room, calls[5]!)).to.include({ from: null, reason: 'too_many' });
      await over(...calls);
    });

    it('do not keep a reached participant out: 200 a second cost one row each, and no line', async () => {
      const before = room.log.lines.length;
      const strangers: FakeCall[] = [];
      for (let second = 0; second < 3; second++) {
        for (let n = 0; n < 200; n++) {
          strangers.push(room.telephony.ringUs(`+3169${String(second)}000${String(n).padStart(3, '0')}`));
          if (n % 10 === 0) await room.clock.advance(50);
        }
      }
      const [call] = [rings(room, 1, { hangsUpAtMs: 10_000 })];
      expect(room.lines.inbound).to.be.at.most(3);
      await over(call, ...strangers);
      await room.clock.advance(100);
      expect(rowOf(room, call).result).to.equal('connected');
      expect(room.stores.inbound.list({})).to.have.length(601);
      expect(room.stores.inbound.open()).to.deep.equal([]);
      expect(room.telephony.refused.length).to.be.above(580);
      expect(room.log.lines.length - before, 'log lines').to.be.below(40);
    });

    it('no longer count as strangers once they key their code', async () => {
      room.close();
      await open(2);
      const [person] = room.stores.participants.byPhone(mobile(1));
      const code = room.tipLine.codes.of(person!.id);
      const presses = [...code].map((digit, index) => ({ digit: digit as '1', atMs: 500 + 100 * index }));
      room.telephony.script('desk21', { answersAfterMs: 1_000, hangsUpAtMs: 20_000 });
      const known = room.telephony.ringUs(undefined, { presses }, { withheld: true });
      expect(isRefused(stranger(1))).to.equal(true);
      await room.clock.advance(5_000);
      expect(rowOf(room, known)).to.include({ reason: 'reached', participantId: person!.id });
      expect(isRefused(stranger(2))).to.equal(false);
      await over(known);
    });
  });

  it('are refused even when the refusal cannot be stored', async () => {
    rings(room, 1);
    rings(room, 1);
    room.diskWorks = false;
    const third = rings(room, 1);
    expect(isRefused(third)).to.equal(true);
    room.diskWorks = true;
    await over(third);
  });
});
