import { expect } from 'chai';
import { mobile } from '../adapters/sqlite/support/fixtures.js';
import { ControlRoom, type RoomOptions } from '../support/control-room.js';
import { BUSY, CONGESTED, DECLINES, HANGS_UP, NO_DIGIT, PRESSES, RINGS_OUT, type FarEnd } from '../support/far-end.js';

describe('the dialer', () => {
  let room: ControlRoom;

  const open = (options: RoomOptions = {}): ControlRoom => (room = new ControlRoom(options));
  const script = (n: number, ...scripts: FarEnd[]): void => {
    room.telephony.script(mobile(n), ...scripts);
  };
  /** When the network was asked to call a number, in ms since the first call of all. */
  const callsAt = (n: number): number[] => {
    const start = room.telephony.placed[0]!.at;
    return room.telephony.callsTo(mobile(n)).map(({ at }) => at - start);
  };
  const endOf = (n: number, attempt = 0): number =>
    room.telephony.callsTo(mobile(n))[attempt]!.call.endedAt! - room.telephony.placed[0]!.at;

  afterEach(() => {
    room.close();
  });

  describe('calls', () => {
    it('everybody who was selected once, with the tip line as the number that calls', async () => {
      open();
      room.people(30);
      room.telephony.otherwise = PRESSES;
      const action = await room.running();
      await room.calledOut(action);
      const called = room.telephony.placed.map(({ to }) => to);
      expect(called).to.deep.equal(Array.from({ length: 30 }, (_, n) => mobile(n + 1)));
      expect(room.telephony.placed.every(({ order }) => order.callerId.number === '08000011')).to.equal(true);
      const { counts } = room.actions.view(action.id);
      expect(counts).to.include({ selected: 30, rang: 30, answered: 30, reached: 30, confirmed: 30, heard: 30 });
    });

    it('each to its own end, and stores when what happened', async () => {
      open();
      room.people(8);
      for (const [n, farEnd] of [PRESSES, NO_DIGIT, HANGS_UP, DECLINES, { refuses: { status: 404 } }].entries()) {
        script(n + 1, farEnd);
      }
      script(6, BUSY);
      script(7, RINGS_OUT);
      script(8, { answersAfterMs: 1_000, isLostAtMs: 500 }, PRESSES);
      const action = await room.running();
      await room.calledOut(action);
      const last = (n: number): string | null | undefined => room.outcomes(action, mobile(n)).at(-1);
      expect([1, 2, 3, 4, 5, 6, 7, 8].map(last)).to.deep.equal([
        'confirmed',
        'no_digit',
        'hung_up',
        'declined',
        'unreachable',
        'busy',
        'no_answer',
        'confirmed',
      ]);
      const [first] = room.attempts(action);
      const { dialedAt, rangAt, answeredAt, confirmedAt, endedAt, heardSeconds, plays, number } = first!;
      const times = [rangAt, answeredAt, confirmedAt, endedAt].map((time) => time! - dialedAt);
      // Rings at 0.1 s, answers at 2 s, presses at 4 s; message twice 8 s and a second, ending 3 + 5 s, thanks 3 s, hang-up.
      expect(times).to.deep.equal([100, 2_000, 4_000, 32_005]);
      expect([heardSeconds, plays, number]).to.deep.equal([16, 2, 1]);
    });

    it('nobody whose attempt is not stored, and gives no line to another before the outcome is', async () => {
      open({ lines: 5, tipLines: 2, cps: 100 });
      room.people(12);
      room.telephony.otherwise = PRESSES;
      const place = room.telephony.place.bind(room.telephony);
      const seen: { stored: boolean; open: number }[] = [];
      room.telephony.place = (order) => {
        const live = room.stores.attempts.open();
        seen.push({ stored: live.some(({ id }) => room.ids.ofAttempt(id) === order.id), open: live.length });
        return place(order);
      };
      await room.calledOut(await room.running());
      expect(seen).to.have.lengthOf(12);
      expect(seen.every(({ stored }) => stored)).to.equal(true);
      // Outcomes that were missing would be attempts still open beside the three that hold a line.
      expect(Math.max(...seen.map((call) => call.open))).to.equal(3);
    });

    it('a household on its shared number once, and reaches them all together', async () => {
      open();
      const anna = room.person(1);
      const bert = room.person(1, 2);
      const cor = room.person(1);
      script(1, { answersAfterMs: 1_000, presses: [{ digit: '1', atMs: 500 }] });
      script(2, RINGS_OUT);
      const action = await room.running();
      await room.calledOut(action);
      expect(room.outcomes(action, mobile(1))).to.deep.equal(['confirmed']);
      expect(room.outcomes(action, mobile(2))).to.deep.equal(['cancelled']);
      const standings = room.stores.actions.standings(mobile(1), 0);
      const reached = standings.filter((one) => one.reached).map(({ participantId }) => participantId);
      expect(reached).to.have.members([anna.id, bert.id, cor.id]);
    });
  });

  describe('keeps the pace', () => {
    it('of the calls a second in every window of a second, also after a pause', async () => {
      open({ lines: 500, tipLines: 2, cps: 7 });
      room.people(150);
      room.telephony.otherwise = PRESSES;
      const action = await room.running();
      await room.clock.advance(5_000);
      room.actions.pause(action.id);
      await room.clock.advance(10_000);
      room.actions.resume(action.id);
      await room.calledOut(action);
      const times = room.telephony.placed.map(({ at }) => at);
      expect(times).to.have.lengthOf(150);
      for (const [index, time] of times.entries()) {
        const window = times.slice(index).filter((other) => other < time + 1_000);
        expect(window.length, `from ${time}`).to.be.at.most(7);
      }
      // Nor is it idle: 150 calls at 7 a second, and the ten seconds of the pause.
      expect(times.at(-1)! - times[0]!).to.be.within(149 / 0.007 + 9_000, (149 / 0.007 + 10_200) * 1.02);
    });

    it('of the lines, with those for tips kept free, and calls the next in the instant in which one ends', async () => {
      open({ lines: 6, tipLines: 2, cps: 1_000 });
      room.people(40);
      room.telephony.otherwise = RINGS_OUT;
      for (let n = 1; n <= 40; n++) script(n, { answersAfterMs: 1_000 + n * 137, hangsUpAtMs: 500 });
      await room.calledOut(await room.running());
      expect(room.telephony.mostOnTrunk).to.equal(4);
      const ends = room.telephony.placed.map(({ call }) => call.endedAt!).toSorted((a, b) => a - b);
      const later = room.telephony.placed.slice(4).map(({ at }) => at);
      expect(later).to.deep.equal(ends.slice(0, later.length));
    });

    it('and wakes for nothing while all lines are taken', async () => {
      open({ lines: 4, tipLines: 2, cps: 1_000 });
      room.people(10);
      room.telephony.otherwise = RINGS_OUT;
      await room.running();
      await room.clock.advance(5_000);
      // Each of the two calls has the end of its ringing and of its longest life before it; the dialer has nothing.
      expect(room.telephony.live).to.equal(2);
      expect(room.clock.pending).to.equal(4);
    });

    it('leaves lines to tips that are more than were kept free', async () => {
      open({ lines: 6, tipLines: 2, cps: 1_000 });
      room.people(20);
      room.telephony.otherwise = NO_DIGIT;
      for (let tip = 0; tip < 4; tip++) room.telephony.ringUs('+31699999999', {});
      await room.running();
      await room.clock.advance(1_000);
      expect(room.telephony.live).to.equal(6);
      expect(room.telephony.placed).to.have.lengthOf(2);
    });

    for (const [what, limits] of [
      ['lines', { lines: 6, tipLines: 2, cps: 1_000 }],
      ['calls a second', { lines: 500, tipLines: 2, cps: 5 }],
    ] as const) {
      it(`and shares it fairly between two actions when ${what} are scarce`, async () => {
        open(limits);
        room.people(60);
        room.telephony.otherwise = NO_DIGIT;
        const actions = [await room.running(), await room.running()];
        await room.clock.until(() => room.telephony.placed.length >= 40);
        const made = actions.map((action) => room.attempts(action).length);
        expect(Math.abs(made[0]! - made[1]!), made.join(' and ')).to.be.at.most(5);
      });
    }
  });

  describe('tries again', () => {
    it('after no answer and busy at their own times, as often as the setting says', async () => {
      open();
      room.people(2);
      script(1, RINGS_OUT);
      script(2, BUSY);
      const action = await room.running();
      await room.calledOut(action);
      expect(room.outcomes(action, mobile(1))).to.deep.equal(['no_answer', 'no_answer', 'no_answer']);
      expect(room.outcomes(action, mobile(2))).to.deep.equal(['busy', 'busy', 'busy']);
      expect([callsAt(1)[1]! - endOf(1, 0), callsAt(1)[2]! - endOf(1, 1)]).to.deep.equal([120_000, 120_000]);
      expect([callsAt(2)[1]! - endOf(2, 0), callsAt(2)[2]! - endOf(2, 1)]).to.deep.equal([60_000, 60_000]);
      expect(
        room
          .attempts(action)
          .map(({ number }) => number)
          .toSorted(),
      ).to.deep.equal([1, 1, 2, 2, 3, 3]);
    });

    it('who becomes due while every line is taken, as soon as one is free', async () => {
      open({ lines: 3, tipLines: 2, cps: 1_000, retry: 'busy:1@1s' });
      room.people(3);
      script(1, BUSY, PRESSES);
      script(2, NO_DIGIT);
      script(3, NO_DIGIT);
      const action = await room.running();
      await room.calledOut(action);
      expect(room.outcomes(action, mobile(1))).to.deep.equal(['busy', 'confirmed']);
      expect(callsAt(1)[1]).to.equal(endOf(3));
    });

    it('nobody who confirmed, declined, hung up, pressed nothing or cannot be reached', async () => {
      open();
      room.people(5);
      for (const [n, farEnd] of [PRESSES, DECLINES, HANGS_UP, NO_DIGIT, { refuses: { status: 404 } }].entries()) {
        script(n + 1, farEnd);
      }
      const action = await room.running();
      await room.clock.advance(3_600_000);
      expect(room.attempts(action)).to.have.lengthOf(5);
    });

    it('the second number of a person at once, and the first only at its own time', async () => {
      open({ cps: 100 });
      room.person(1, 2);
      room.person(3, 4);
      script(1, BUSY);
      script(2, NO_DIGIT);
      script(3, { refuses: { status: 404 } });
      script(4, PRESSES);
      const action = await room.running();
      await room.calledOut(action);
      expect(callsAt(2)[0]).to.equal(endOf(1));
      expect(callsAt(4)[0]! - endOf(3)).to.be.at.most(20);
      expect(room.outcomes(action, mobile(1))).to.deep.equal(['busy', 'busy', 'busy']);
      expect(room.attempts(action).filter((one) => one.outcome === 'confirmed')).to.have.lengthOf(1);
    });

    it('no other number of who declined, nor of who confirmed', async () => {
      open();
      room.person(1, 2);
      room.person(3, 4);
      script(1, DECLINES);
      script(3, PRESSES);
      const action = await room.running();
      await room.calledOut(action);
      expect([callsAt(2), callsAt(4)]).to.deep.equal([[], []]);
    });

    it('a call that was lost with the telephony, when it is back', async () => {
      open();
      room.people(3);
      room.telephony.otherwise = PRESSES;
      const action = await room.running();
      await room.clock.advance(3_000);
      room.telephony.goDown();
      await room.clock.advance(20_000);
      expect(room.telephony.placed).to.have.lengthOf(3);
      expect(room.actions.view(action.id).warning).to.contain('cannot be reached');
      room.telephony.comeUp();
      await room.calledOut(action);
      for (const n of [1, 2, 3]) expect(room.outcomes(action, mobile(n))).to.deep.equal(['interrupted', 'confirmed']);
    });
  });

  describe('when the operator is congested', () => {
    it('calls slower, longer each time, and costs nobody a try', async () => {
      open({ cps: 1_000, retry: 'off' });
      room.person(1);
      script(1, CONGESTED, CONGESTED, CONGESTED, CONGESTED, PRESSES);
      const action = await room.running();
      await room.calledOut(action);
      expect(room.outcomes(action, mobile(1))).to.deep.equal([...Array<string>(4).fill('congestion'), 'confirmed']);
      const waits = callsAt(1)
        .slice(1)
        .map((at, index) => at - endOf(1, index));
      expect(waits).to.deep.equal([1_000, 2_000, 4_000, 8_000]);
    });

    it('gives the line back at once', async () => {
      open({ lines: 3, tipLines: 2, cps: 1_000 });
      room.people(2);
      script(1, CONGESTED, PRESSES);
      script(2, PRESSES);
      await room.running();
      await room.clock.advance(300);
      expect([room.lines.outbound, room.telephony.live]).to.deep.equal([0, 0]);
    });

    it('takes the refusals of calls that were on their way together for one', async () => {
      open({ lines: 12, cps: 1_000 });
      room.people(10);
      room.telephony.otherwise = PRESSES;
      for (let n = 1; n <= 10; n++) script(n, CONGESTED, PRESSES);
      const action = await room.running();
      await room.calledOut(action);
      expect(room.telephony.placed[10]!.at - room.telephony.placed[0]!.at).to.be.within(1_190, 1_300);
      expect(room.actions.view(action.id).counts).to.include({ confirmed: 10, congestion: 10 });
    });

    it('goes on at full pace after a call that was not refused', async () => {
      open({ cps: 1_000, retry: 'off', lines: 3, tipLines: 2 });
      room.people(4);
      script(1, CONGESTED, CONGESTED, NO_DIGIT);
      room.telephony.otherwise = HANGS_UP;
      script(2, HANGS_UP);
      await room.calledOut(await room.running());
      const order = room.telephony.placed.map(({ to, at, call }) => ({ to, at, end: call.endedAt! }));
      const gaps = order.slice(1).map(({ at }, index) => at - order[index]!.end);
      // 1 is refused; 2, 3 and 4 go; 1 is refused anew: the wait begins at its shortest again.
      expect(gaps).to.deep.equal([1_000, 0, 0, 0, 1_000]);
    });
  });

  describe('when nothing can be stored', () => {
    it('calls nobody, loses nobody, and goes on when it can', async () => {
      open();
      room.people(5);
      room.telephony.otherwise = PRESSES;
      const draft = await room.draft();
      room.actions.start(draft.id);
      const begun = room.telephony.placed.length;
      room.diskWorks = false;
      await room.clock.advance(60_000);
      expect(room.telephony.placed).to.have.lengthOf(begun);
      room.diskWorks = true;
      await room.calledOut(draft);
      expect(room.actions.view(draft.id).counts).to.include({ confirmed: 5, reached: 5 });
      expect(room.telephony.placed).to.have.lengthOf(5);
    });

    it('keeps a line until the outcome of its call is stored', async () => {
      open({ lines: 3, tipLines: 2, cps: 1_000 });
      room.people(2);
      room.telephony.otherwise = HANGS_UP;
      const action = await room.running();
      await room.clock.advance(1_000);
      room.diskWorks = false;
      await room.clock.advance(30_000);
      expect([room.lines.outbound, room.telephony.live]).to.deep.equal([1, 0]);
      room.diskWorks = true;
      await room.calledOut(action);
      expect(room.attempts(action).map(({ outcome }) => outcome)).to.deep.equal(['hung_up', 'hung_up']);
    });

    it('plays the message to who pressed all the same, and stores afterwards that they were reached', async () => {
      open();
      room.person(1);
      script(1, PRESSES);
      const action = await room.running();
      await room.clock.advance(3_000);
      room.diskWorks = false;
      await room.clock.advance(40_000);
      expect(room.telephony.placed[0]!.call.heardWords).to.equal('alert-prompt message-1 message-1 ending thanks');
      room.diskWorks = true;
      await room.calledOut(action);
      expect(room.actions.view(action.id).counts).to.include({ confirmed: 1, reached: 1 });
      const [attempt] = room.attempts(action);
      expect(attempt!.confirmedAt! - attempt!.dialedAt).to.equal(4_000);
    });

    it('waits too when only attempts cannot be stored, instead of trying without end', async () => {
      open();
      room.people(3);
      room.telephony.otherwise = PRESSES;
      const { sqlite } = room.database;
      sqlite.exec(`CREATE TEMP TRIGGER full BEFORE INSERT ON attempt BEGIN SELECT RAISE(FAIL, 'full'); END`);
      const action = await room.running();
      await room.clock.advance(10_000);
      expect(room.telephony.placed).to.deep.equal([]);
      expect(room.lines.outbound).to.equal(0);
      expect(room.log.said('error').length).to.be.within(1, 12);
      sqlite.exec('DROP TRIGGER temp.full');
      await room.calledOut(action);
      expect(room.actions.view(action.id).counts.confirmed).to.equal(3);
    });
  });

  it('stops when it is told to: live calls go on, no other begins', async () => {
    open({ cps: 1 });
    room.people(5);
    room.telephony.otherwise = PRESSES;
    const action = await room.running();
    await room.clock.advance(1_500);
    room.dialer.stop();
    await room.clock.advance(100_000);
    expect(room.telephony.placed).to.have.lengthOf(2);
    expect(room.attempts(action).map(({ outcome }) => outcome)).to.deep.equal(['confirmed', 'confirmed']);
    expect(room.clock.pending).to.equal(0);
  });
});
