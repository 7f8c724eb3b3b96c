import { expect } from 'chai';
import type { Action } from '../../../src/domain/action.js';
import type { Centralist } from '../../../src/ports/stores.js';
import type { ControlRoom } from '../../support/control-room.js';
import type { FakeCall } from '../../support/fake-call.js';
import type { FarEnd } from '../../support/far-end.js';
import { reachedRoom, rings, rowOf, eventsOf, words } from '../../support/tip-calls.js';

/** Answers after a second, and hangs up `ms` after that. */
const talks = (ms: number): FarEnd => ({ answersAfterMs: 1_000, hangsUpAtMs: ms });
const STAYS: FarEnd = { answersAfterMs: 1_000 };

describe('the queue for a centralist', () => {
  let room: ControlRoom;
  let action: Action;

  const open = async (people = 3): Promise<void> => {
    ({ room, action } = await reachedRoom(people));
  };
  const own = (...farEnds: FarEnd[]): void => {
    room.telephony.script('desk21', ...farEnds);
  };
  const rangAt = (extension: string): number[] => room.telephony.callsTo(`desk${extension}`).map(({ at }) => at);
  const over = (...calls: FakeCall[]): Promise<unknown> =>
    room.clock.finish(Promise.all(calls.map(({ ended }) => ended)));

  beforeEach(() => open());

  afterEach(async () => {
    await room.clock.advance(1_000);
    expect(room.inbound.liveCalls).to.equal(0);
    expect(room.lines.inbound).to.equal(0);
    expect(room.tipLine.queue.waiting()).to.deep.equal([]);
    expect(room.stores.centralists.all().filter(({ id }) => room.softphones.isEngaged(id))).to.deep.equal([]);
    room.close();
  });

  it('is served in order of arrival, and each caller hears when their place changes', async () => {
    own(talks(10_000));
    const callers = [1, 2, 3].map((n) => rings(room, n));
    await room.clock.advance(500);
    expect(
      room.tipLine.queue.waiting().map(({ inboundId, place, actionId }) => [inboundId, place, actionId]),
    ).to.deep.equal([
      [rowOf(room, callers[1]!).id, 1, action.id],
      [rowOf(room, callers[2]!).id, 2, action.id],
    ]);
    await over(...callers);
    await room.clock.advance(100);
    expect(callers.map(words)).to.deep.equal([
      'tip-connecting',
      'tip-place-1 tip-wait tip-connecting',
      // The caller is put through while the last prompt is being played.
      'tip-place-2 tip-wait tip-place-1 tip-wait-112',
    ]);
    expect(callers.map((call) => rowOf(room, call).result)).to.deep.equal(['connected', 'connected', 'connected']);
    const [first, second, third] = rangAt('21');
    expect([second! - first!, third! - second!]).to.deep.equal([11_000, 11_000]);
    expect(eventsOf(room, callers[2]!)).to.deep.equal([
      'received',
      'waiting 2',
      'waiting 1',
      `ringing ${room.centralist.id}`,
      'connected',
      'ended connected',
    ]);
  });

  it('moves up when a caller leaves', async () => {
    own(talks(30_000));
    const [first, second, third] = [rings(room, 1), rings(room, 2, { hangsUpAtMs: 12_000 }), rings(room, 3)];
    await room.clock.advance(13_000);
    expect(words(third)).to.equal('tip-place-2 tip-wait tip-place-1');
    await over(first, second, third);
    await room.clock.advance(100);
    expect(rowOf(room, second)).to.include({ result: 'abandoned', reason: 'reached', ringingAt: null });
    expect(rowOf(room, third).result).to.equal('connected');
  });

  it('skips an engaged centralist and rings the next at once', async () => {
    own(talks(40_000));
    const colleague = room.addCentralist('31', talks(5_000));
    const [first, second] = [rings(room, 1), rings(room, 2)];
    await over(second);
    expect(words(second)).to.equal('tip-connecting');
    await over(first);
    await room.clock.advance(100);
    expect(rowOf(room, second)).to.include({ result: 'connected', centralistId: colleague.id });
    expect(rangAt('31')[0]! - rangAt('21')[0]!).to.equal(0);
  });

  describe('rings tier by tier:', () => {
    let team: Centralist[];
    let others: Centralist[];

    const crew = (...farEnds: (FarEnd | undefined)[]): void => {
      const made = farEnds.map((farEnd, index) => room.addCentralist(String(31 + index), farEnd));
      team = made.slice(0, 2);
      others = made.slice(2);
      room.stores.actions.assign(action.id, { team: team.map(({ id }) => id) });
    };

    it('the centralist, then the team together, then the others together, 20 s each', async () => {
      own({});
      crew({}, {}, {}, talks(5_000));
      const call = rings(room, 1);
      await over(call);
      await room.clock.advance(100);
      const start = rangAt('21')[0]!;
      expect(['31', '32', '33', '34'].map((extension) => rangAt(extension).map((at) => at - start))).to.deep.equal([
        [20_000],
        [20_000],
        [40_000],
        [40_000],
      ]);
      expect(eventsOf(room, call)).to.deep.equal([
        'received',
        `ringing ${room.centralist.id}`,
        `ringing ${team.map(({ id }) => id).join(',')}`,
        `ringing ${others.map(({ id }) => id).join(',')}`,
        'connected',
        'ended connected',
      ]);
      expect(rowOf(room, call)).to.include({ result: 'connected', centralistId: others[1]!.id });
      expect(rowOf(room, call).ringingAt).to.equal(rowOf(room, call).receivedAt);
      expect(words(call)).to.equal('tip-connecting tip-wait-112');
    });

    it('the first of a tier to answer gets the caller, and the others stop ringing', async () => {
      own({ refuses: { status: 486 } });
      crew({ answersAfterMs: 9_000 }, talks(10_000));
      const call = rings(room, 1);
      await over(call);
      await room.clock.advance(100);
      expect(rowOf(room, call).centralistId).to.equal(team[1]!.id);
      const [loser] = room.telephony.callsTo('desk31');
      expect(loser!.end).to.include({ by: 'us' });
      expect(loser!.call.endedAt! - rangAt('31')[0]!).to.be.within(1_000, 1_010);
    });

    it('of two who answer at the same moment, one gets the caller and the other is hung up', async () => {
      own({ refuses: { status: 486 } });
      crew(talks(10_000), talks(10_000));
      const call = rings(room, 1);
      await over(call);
      await room.clock.advance(100);
      expect(room.telephony.conversations).to.have.length(1);
      const ends = ['31', '32'].map((extension) => room.telephony.callsTo(`desk${extension}`)[0]!.call.endedAt!);
      expect(Math.min(...ends) - call.answeredAt!).to.be.below(2_000);
    });

    for (const [what, farEnd] of [
      ['is busy', { refuses: { status: 486 } }],
      ['is not registered', undefined],
    ] as const) {
      it(`the next tier at once when the centralist ${what}`, async () => {
        if (farEnd) own(farEnd);
        crew(talks(5_000), {});
        const call = rings(room, 1);
        await over(call);
        await room.clock.advance(100);
        expect(rowOf(room, call)).to.include({ result: 'connected', centralistId: team[0]!.id });
        expect(rowOf(room, call).connectedAt! - rowOf(room, call).receivedAt).to.be.below(1_500);
      });
    }

    it('the next tier when the centralist declines', async () => {
      own({ refuses: { status: 603 }, answersAfterMs: 4_000 });
      crew(talks(5_000), {});
      const call = rings(room, 1);
      await over(call);
      expect(rangAt('31')[0]! - rangAt('21')[0]!).to.equal(4_000);
    });

    it('no centralist twice, and then the tip is recorded', async () => {
      own({ refuses: { status: 486 } });
      crew({ refuses: { status: 486 } }, undefined, { refuses: { status: 603 } });
      const call = rings(room, 1, { speaksMs: 4_000 });
      await over(call);
      await room.clock.advance(100);
      expect(['21', '31', '32', '33'].map((extension) => rangAt(extension).length)).to.deep.equal([1, 1, 1, 1]);
      expect(words(call)).to.equal('tip-connecting tip-record beep tip-recorded');
      expect(rowOf(room, call)).to.include({ result: 'recorded', reason: 'reached' });
      expect(eventsOf(room, call).slice(-2)).to.deep.equal(['recording', 'ended recorded']);
    });

    it('no centralist who is off duty, not even the one of the action', async () => {
      room.softphones.setDuty(room.centralist.id, false);
      own(talks(5_000));
      room.addCentralist('31', talks(5_000), false);
      const call = rings(room, 1, { speaksMs: 4_000 });
      await over(call);
      await room.clock.advance(100);
      expect([...rangAt('21'), ...rangAt('31')]).to.deep.equal([]);
      expect(words(call)).to.equal('tip-record beep tip-recorded');
    });

    it('waits for an engaged centralist when no other is left', async () => {
      own(talks(40_000));
      crew({}, undefined);
      const [first, second] = [rings(room, 1), rings(room, 2)];
      await over(first, second);
      await room.clock.advance(100);
      expect(words(second)).to.equal('tip-connecting tip-place-1 tip-wait tip-wait-112 tip-connecting');
      expect(eventsOf(room, second)).to.deep.equal([
        'received',
        `ringing ${team.map(({ id }) => id).join(',')}`,
        'waiting 1',
        `ringing ${room.centralist.id}`,
        'connected',
        'ended connected',
      ]);
    });
  });

  it('rings a centralist who goes on duty while a caller waits', async () => {
    own(STAYS);
    const late = room.addCentralist('31', talks(5_000), false);
    const [first, second] = [rings(room, 1, { hangsUpAtMs: 40_000 }), rings(room, 2)];
    await room.clock.advance(15_000);
    room.softphones.setDuty(late.id, true);
    await over(second);
    expect(rangAt('31')[0]! - rangAt('21')[0]!).to.equal(15_000);
    await over(first);
  });

  it('rings a centralist as soon as another call of theirs is over', async () => {
    own(talks(5_000));
    const lease = room.softphones.engage(room.centralist.id, 'desk_call');
    const call = rings(room, 1);
    await room.clock.advance(12_000);
    expect(rangAt('21')).to.deep.equal([]);
    lease.release();
    await over(call);
    await room.clock.advance(100);
    expect(rowOf(room, call)).to.include({ result: 'connected' });
  });

  it('is one for all actions: a free centralist gets the first caller, whatever the action', async () => {
    const other = room.addCentralist('31', STAYS);
    const { id } = await room.running({ centralistId: other.id });
    await room.clock.until(() => room.actions.view(id).counts.reached === 3);
    own(STAYS);
    room.addCentralist('41', talks(5_000));
    const talking = [rings(room, 1, { presses: [{ digit: '2', atMs: 500 }], hangsUpAtMs: 60_000 })];
    await room.clock.advance(2_000);
    talking.push(rings(room, 2, { presses: [{ digit: '1', atMs: 500 }], hangsUpAtMs: 60_000 }));
    await room.clock.advance(3_000);
    const third = rings(room, 3, { presses: [{ digit: '2', atMs: 500 }] });
    await over(third, ...talking);
    await room.clock.advance(100);
    expect(rowOf(room, third)).to.include({ result: 'connected', reason: 'reached_several' });
    expect(rangAt('41')).to.have.length(1);
  });

  describe('ends after two minutes:', () => {
    it('the tip is recorded', async () => {
      own({ answersAfterMs: 1_000 });
      const [first, second] = [rings(room, 1, { hangsUpAtMs: 200_000 }), rings(room, 2, { speaksMs: 4_000 })];
      await over(second);
      await over(first);
      await room.clock.advance(100);
      expect(rowOf(room, second)).to.include({ result: 'recorded', reason: 'reached', connectedAt: null });
      const spoken = second.timeline.find((played) => played.startsWith('tip-record'));
      expect(spoken).to.equal('tip-record 120000-123000');
      expect(words(second)).to.equal('tip-place-1 tip-wait tip-wait-112 tip-record beep tip-recorded');
    });

    it('a softphone that is ringing by then may still be answered', async () => {
      own({ answersAfterMs: 1_000, hangsUpAtMs: 115_000 }, { answersAfterMs: 10_000, hangsUpAtMs: 5_000 });
      const [first, second] = [rings(room, 1), rings(room, 2)];
      await over(first, second);
      await room.clock.advance(100);
      expect(rowOf(room, second).result).to.equal('connected');
    });

    it('no other softphone is rung after that', async () => {
      own({ answersAfterMs: 1_000, hangsUpAtMs: 115_000 }, {});
      const lease = room.softphones.engage(room.addCentralist('31', talks(1_000)).id, 'desk_call');
      const [first, second] = [rings(room, 1), rings(room, 2, { speaksMs: 3_000 })];
      room.clock.after(122_000, () => {
        lease.release();
      });
      await over(first, second);
      await room.clock.advance(100);
      expect(rowOf(room, second).result).to.equal('recorded');
      expect(rangAt('31')).to.deep.equal([]);
    });
  });

  describe('is left with key 1:', () => {
    it('while a softphone rings, which stops at once', async () => {
      own({});
      const call = rings(room, 1, { presses: [{ digit: '1', atMs: 5_000 }], speaksMs: 3_000 });
      await over(call);
      await room.clock.advance(100);
      expect(words(call)).to.equal('tip-connecting tip-record-chosen beep tip-recorded');
      expect(rowOf(room, call)).to.include({ result: 'recorded' });
      const [leg] = room.telephony.callsTo('desk21');
      expect(leg!.end).to.include({ by: 'us' });
      expect(leg!.call.endedAt! - call.answeredAt!).to.be.within(5_000, 5_010);
    });

    it('while waiting, and no softphone is rung for the caller after that', async () => {
      own(talks(20_000));
      const [first, second] = [
        rings(room, 1),
        rings(room, 2, { presses: [{ digit: '1', atMs: 5_000 }], speaksMs: 40_000 }),
      ];
      await over(first, second);
      await room.clock.advance(100);
      expect(rangAt('21')).to.have.length(1);
      expect(rowOf(room, second).result).to.equal('recorded');
    });

    describe('at the moment the centralist answers:', () => {
      /** The result of the call, and which side ended the centralist's call. */
      const crossing = async (keyFirst: boolean): Promise<readonly unknown[]> => {
        own({ answersAfterMs: 4_000, hangsUpAtMs: 20_000 });
        const press = (): void => {
          room.clock.after(4_000, () => {
            call.onDigit('1');
          });
        };
        // Of two timers for the same moment, the one that was set first fires first.
        if (keyFirst) press();
        const call = rings(room, 1, { speaksMs: 3_000 });
        if (!keyFirst) press();
        await over(call);
        await room.clock.advance(60_000);
        return [rowOf(room, call).result, room.telephony.callsTo('desk21')[0]!.end?.by];
      };

      it('with the key first, the centralist is hung up', async () => {
        expect(await crossing(true)).to.deep.equal(['recorded', 'us']);
      });

      it('with the answer first, they talk', async () => {
        expect(await crossing(false)).to.deep.equal(['connected', 'them']);
      });
    });
  });

  it('hangs up a centralist who answers just as the caller hangs up', async () => {
    for (let steps = 0; steps < 15; steps++) {
      own({ answersAfterMs: 4_000 });
      const call = rings(room, 1);
      room.clock.after(4_000, () => {
        void (async () => {
          for (let step = 0; step < steps; step++) await Promise.resolve();
          call.onEnd({ by: 'them' });
        })();
      });
      await over(call);
      const leg = room.telephony.callsTo('desk21').at(-1)!;
      await room.clock.finish(leg.call.ended, 1_000);
      await room.clock.advance(60_000);
      expect(rowOf(room, call).result, `${steps} steps`).to.be.oneOf(['abandoned', 'connected']);
    }
  });

  it('goes on while nothing can be stored', async () => {
    own(talks(5_000));
    const call = rings(room, 1);
    room.diskWorks = false;
    await room.clock.advance(4_000);
    expect(room.telephony.conversations).to.have.length(1);
    room.diskWorks = true;
    await over(call);
    await room.clock.advance(10_000);
    expect(room.stores.tips.list({})).to.have.length(1);
    expect(rowOf(room, call).result).to.equal('connected');
  });
});
