import { expect } from 'chai';
import { addPerson, calleesOf, mobile } from '../../adapters/sqlite/support/fixtures.js';
import { anybody, chance } from '../../support/chance.js';
import { ControlRoom, type RoomOptions } from '../../support/control-room.js';
import { BUSY, DECLINES, HANGS_UP, NO_DIGIT, PRESSES, RINGS_OUT, type FarEnd } from '../../support/far-end.js';

describe('Dialer', () => {
  let room: ControlRoom;

  const open = (options: RoomOptions = {}): ControlRoom => (room = new ControlRoom(options));
  const script = (n: number, ...scripts: FarEnd[]): void => {
    room.telephony.script(mobile(n), ...scripts);
  };

  afterEach(() => {
    room.close();
  });

  describe('calls', () => {
    it('everybody who was selected once, with the tip line as the caller ID', async () => {
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

    it('each person until the call ends, and stores the outcome and the time of each step', async () => {
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
      // The telephone rings at 0.1 s, is answered at 2 s, and the digit comes at 4 s. After that: the message
      // twice (2 × 8 s) with a pause of 1 s, the ending (3 + 5 s), the thanks (3 s), and our hang-up.
      expect(times).to.deep.equal([100, 2_000, 4_000, 32_005]);
      expect([heardSeconds, plays, number]).to.deep.equal([16, 2, 1]);
    });

    it('only people whose attempt is stored, and uses a line again only once the outcome of its last call is stored', async () => {
      open({ lines: 5, tipLines: 2, cps: 100 });
      room.people(12);
      room.telephony.otherwise = PRESSES;
      const announce = room.telephony.placeAlert.bind(room.telephony);
      const seen: { stored: boolean; open: number }[] = [];
      room.telephony.placeAlert = (order) => {
        const live = room.stores.attempts.open();
        seen.push({ stored: live.some(({ id }) => room.ids.ofAttempt(id) === order.id), open: live.length });
        return announce(order);
      };
      await room.calledOut(await room.running());
      expect(seen).to.have.lengthOf(12);
      expect(seen.every(({ stored }) => stored)).to.equal(true);
      // A missing outcome would be one more open attempt than the three that hold a line.
      expect(Math.max(...seen.map((call) => call.open))).to.equal(3);
    });

    it('a household once on its shared number, and then everybody in it is reached', async () => {
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
      const standings = room.stores.actions.standings(mobile(1), { closedAfter: 0, simulated: false });
      const reached = standings.filter(({ reachedAt }) => reachedAt !== null).map(({ participantId }) => participantId);
      expect(reached).to.have.members([anna.id, bert.id, cor.id]);
    });
  });

  it('calls a household member on the shared number even if the other was reached on another number', async () => {
    open();
    const anna = room.person(1, 2);
    const bert = room.person(2);
    script(1, PRESSES);
    script(2, RINGS_OUT, PRESSES);
    const action = await room.running();
    await room.calledOut(action);
    expect(room.outcomes(action, mobile(2))).to.deep.equal(['no_answer', 'confirmed']);
    const reached = calleesOf(room.stores, action.id).filter(({ reachedAt }) => reachedAt !== null);
    expect(reached.map(({ participantId }) => participantId)).to.have.members([anna.id, bert.id]);
  });

  it('calls the numbers of a person one after another, never two at once, and none after a digit', async () => {
    open({ lines: 60, tipLines: 6, cps: 20, retry: 'no_answer:2@20s,busy:2@5s' });
    const next = chance(11);
    const people = Array.from({ length: 120 }, (_, index) => room.person(3 * index + 1, 3 * index + 2, 3 * index + 3));
    for (let n = 1; n <= 360; n++) script(n, ...Array.from({ length: 4 }, () => anybody(next)));
    const action = await room.running();
    await room.calledOut(action);
    let several = 0;
    for (const { id } of people) {
      const attempts = room.attempts(action).filter(({ participantId }) => participantId === id);
      expect(attempts.map(({ number }) => number)).to.deep.equal(attempts.map((_, index) => index + 1));
      for (const [index, attempt] of attempts.slice(1).entries()) {
        expect(attempt.dialedAt).to.be.at.least(attempts[index]!.endedAt!);
        if (attempt.phone !== attempts[index]!.phone) several++;
      }
      const confirmed = attempts.findIndex(({ confirmedAt }) => confirmedAt !== null);
      if (confirmed !== -1) expect(confirmed).to.equal(attempts.length - 1);
    }
    expect(several).to.be.greaterThan(50);
  });

  it('makes first calls without waiting for retries', async () => {
    open({ lines: 4, tipLines: 2, cps: 20, retry: 'busy:2@5s' });
    room.people(20);
    room.telephony.otherwise = HANGS_UP;
    for (const n of [1, 2]) script(n, BUSY, HANGS_UP);
    const action = await room.running();
    await room.calledOut(action);
    const order = room.telephony.placed.map(({ to }) => to);
    const firsts = Array.from({ length: 20 }, (_, index) => mobile(index + 1));
    expect(order).to.deep.equal([...firsts, mobile(1), mobile(2)]);
  });

  describe('keeps the limit', () => {
    it('of calls a second in every window of one second, also after a pause', async () => {
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
      // No time is wasted either: 150 calls at 7 a second, plus the pause of ten seconds.
      expect(times.at(-1)! - times[0]!).to.be.within(149 / 0.007 + 9_000, (149 / 0.007 + 10_200) * 1.02);
    });

    it('of lines, keeps the tip lines free, and makes the next call in the instant in which a call ends', async () => {
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

    it('and sets no timer while all lines are in use', async () => {
      open({ lines: 4, tipLines: 2, cps: 1_000 });
      room.people(10);
      room.telephony.otherwise = RINGS_OUT;
      await room.running();
      await room.clock.advance(5_000);
      // Each of the two calls has a timer for its ringing and one for its maximum length. The dialer has
      // none.
      expect(room.telephony.live).to.equal(2);
      expect(room.clock.pending).to.equal(4);
    });

    it('and gives up lines when there are more tips than tip lines', async () => {
      open({ lines: 6, tipLines: 2, cps: 1_000 });
      room.people(20);
      room.telephony.otherwise = NO_DIGIT;
      for (let tip = 1; tip <= 4; tip++) {
        addPerson(room.stores, [mobile(900 + tip)], ['9999XX']);
        room.telephony.ringUs(mobile(900 + tip), {});
      }
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

  it('starts no new calls after a stop, while live calls go on', async () => {
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
