import { expect } from 'chai';
import { mobile } from '../../adapters/sqlite/support/fixtures.js';
import { ControlRoom, type RoomOptions } from '../../support/control-room.js';
import { HANGS_UP, PRESSES, RINGS_OUT, type FarEnd } from '../../support/far-end.js';

describe('Dialer', () => {
  let room: ControlRoom;

  const open = (options: RoomOptions = {}): ControlRoom => (room = new ControlRoom(options));
  const script = (n: number, ...scripts: FarEnd[]): void => {
    room.telephony.script(mobile(n), ...scripts);
  };
  afterEach(() => {
    room.close();
  });

  describe('ringing and answering', () => {
    it('is stored 50 ms later, with its own time, when nothing else is stored meanwhile', async () => {
      open();
      room.person(1);
      script(1, PRESSES);
      const action = await room.running();
      await room.clock.advance(149);
      expect(room.attempts(action)[0]!.rangAt).to.equal(null);
      await room.clock.advance(1);
      const { dialedAt, rangAt } = room.attempts(action)[0]!;
      expect(rangAt! - dialedAt).to.equal(100);
    });

    it('holds up no other call when it cannot be stored', async () => {
      open({ cps: 1_000 });
      room.people(2);
      room.telephony.otherwise = PRESSES;
      const { sqlite } = room.database;
      sqlite.exec(
        `CREATE TEMP TRIGGER odd BEFORE UPDATE OF rang_at ON attempt BEGIN SELECT RAISE(FAIL, 'of its own'); END`,
      );
      const action = await room.running();
      await room.calledOut(action);
      expect(room.actions.view(action.id).counts).to.include({ answered: 2, confirmed: 2, reached: 2 });
      expect(room.attempts(action).map(({ rangAt }) => rangAt)).to.deep.equal([null, null]);
      sqlite.exec('DROP TRIGGER temp.odd');
    });
  });

  describe('when nothing can be stored', () => {
    it('calls nobody, forgets nobody, and goes on once it can store again', async () => {
      open();
      room.people(5);
      room.telephony.otherwise = PRESSES;
      const draft = await room.draft();
      await room.actions.start(draft.id);
      const begun = room.telephony.placed.length;
      room.diskWorks = false;
      await room.clock.advance(60_000);
      expect(room.telephony.placed).to.have.lengthOf(begun);
      expect(room.log.lines.filter(({ message }) => message.startsWith('NO CALLS CAN BE MADE'))).to.have.lengthOf(1);
      room.diskWorks = true;
      await room.calledOut(draft);
      expect(room.log.lines.filter(({ message }) => message === 'calls can be made again')).to.have.lengthOf(1);
      expect(room.actions.view(draft.id).counts).to.include({ confirmed: 5, reached: 5 });
      expect(room.telephony.placed).to.have.lengthOf(5);
    });

    it('gives a line back only once the outcome of its call is stored', async () => {
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

    it('logs it at once and only once for all calls, even when no line is free and nobody could be called anyway', async () => {
      open({ lines: 4, tipLines: 2, cps: 1_000 });
      room.people(5);
      room.telephony.otherwise = PRESSES;
      await room.running();
      await room.clock.advance(1_000);
      room.diskWorks = false;
      await room.clock.advance(1_100);
      const said = room.log.said('error');
      expect(said.filter((message) => message.startsWith('NO CALLS CAN BE MADE'))).to.have.lengthOf(1);
      await room.clock.advance(600_000);
      expect(room.log.said('error').filter((message) => message.startsWith('NO CALLS CAN BE MADE'))).to.have.lengthOf(
        1,
      );
      expect(
        room.log.said('error').filter((message) => message.startsWith('a call cannot be stored')),
      ).to.have.lengthOf(2);
    });

    it('stores ringing, answer and digit afterwards with their own times, and sends each event once', async () => {
      open();
      room.person(1);
      script(1, PRESSES);
      const events: string[] = [];
      room.actions.onEvent(({ type, data }) => events.push(type === 'attempt' ? String(data.stage) : type));
      const draft = await room.draft();
      await room.actions.start(draft.id);
      const { dialedAt } = room.attempts(draft)[0]!;
      room.diskWorks = false;
      await room.clock.advance(60_000);
      room.diskWorks = true;
      await room.calledOut(draft);
      const [attempt] = room.attempts(draft);
      const { outcome, rangAt, answeredAt, confirmedAt } = attempt!;
      expect(outcome).to.equal('confirmed');
      expect([rangAt, answeredAt, confirmedAt].map((at) => at! - dialedAt)).to.deep.equal([100, 2_000, 4_000]);
      expect(events).to.deep.equal(['action', 'dialing', 'action', 'ringing', 'in_call', 'reached', 'ended']);
      expect(room.actions.view(draft.id).counts).to.include({ rang: 1, answered: 1, confirmed: 1, reached: 1 });
    });

    it('still plays the message after a digit, and stores afterwards that the person was reached', async () => {
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

    it('also waits when only attempts cannot be stored, instead of retrying without a pause', async () => {
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

  describe('on a machine that cannot keep up', () => {
    /**
     * Opens a room with this many people, none of whom answers, and an Asterisk that accepts each originate
     * request `acceptedAfterMs` late.
     */
    const slow = (people: number, cps: number, acceptedAfterMs: number): void => {
      open({ lines: 700, tipLines: 3, cps, retry: 'off' });
      room.people(people);
      room.telephony.otherwise = RINGS_OUT;
      room.telephony.acceptsOrdersAfterMs = acceptedAfterMs;
    };

    /** The largest number of originate requests in flight at once. */
    const mostInFlight = (acceptedAfterMs: number): number => {
      const times = room.telephony.placed.map(({ at }) => at);
      return Math.max(
        ...times.map((at) => times.filter((other) => other <= at && other + acceptedAfterMs > at).length),
      );
    };

    /** Time from the start of the first call to the start of the last, ms. */
    const spreadMs = (): number => {
      const times = room.telephony.placed.map(({ at }) => at);
      return Math.max(...times) - Math.min(...times);
    };

    it('has at most the calls of a fifth of a second in flight, and logs it once a minute', async () => {
      slow(600, 80, 400);
      const action = await room.running();
      await room.calledOut(action);
      expect(mostInFlight(400)).to.equal(16);
      // Sixteen requests in each 400 ms, although the CPS allows more.
      expect(spreadMs()).to.be.within(14_000, 16_000);
      expect(room.telephony.placed).to.have.lengthOf(600);
      expect(room.log.said('warn')).to.deep.equal([
        'calls are made more slowly than allowed: this machine cannot keep up',
      ]);
    });

    it('returns to the full rate without a burst as soon as requests are accepted at once', async () => {
      slow(600, 80, 1_000);
      const action = await room.running();
      await room.clock.advance(2_500);
      const before = room.telephony.placed.length;
      expect(before).to.be.at.most(3 * 16);
      room.telephony.acceptsOrdersAfterMs = 0;
      await room.clock.advance(500);
      const at = room.clock.monotonic();
      await room.clock.advance(1_000);
      const within = room.telephony.placed.filter((call) => call.at >= at).length;
      expect(within).to.be.within(78, 80);
      await room.calledOut(action);
    });

    it('makes every call and logs nothing when a request takes as long as a few calls do', async () => {
      slow(50, 10, 300);
      await room.calledOut(await room.running());
      expect(spreadMs()).to.be.within(4_800, 5_200);
      expect(room.log.said('warn')).to.deep.equal([]);
    });

    describe('while a caller is on the tip line', () => {
      const placedWithin = async (ms: number): Promise<number> => {
        const before = room.telephony.placed.length;
        await room.clock.advance(ms);
        return room.telephony.placed.length - before;
      };

      it('has at most two requests in flight, and sixteen again ten seconds later', async () => {
        slow(600, 80, 400);
        const caller = room.lines.takeInbound();
        const action = await room.running();
        expect(await placedWithin(4_000)).to.be.within(20, 22);
        expect(mostInFlight(400)).to.equal(2);
        caller.release();
        expect(await placedWithin(8_000)).to.be.within(40, 42);
        await room.clock.advance(3_000);
        expect(await placedWithin(4_000)).to.be.within(156, 164);
        await room.calledOut(action);
        expect(room.telephony.placed).to.have.lengthOf(600);
      });

      it('rests after a request that was not accepted at once, for twice its delay', async () => {
        slow(600, 80, 5);
        const caller = room.lines.takeInbound();
        const action = await room.running();
        expect(await placedWithin(1_000)).to.be.within(79, 80);
        // Each request is accepted 40 ms later than before, so there are two requests every 125 ms.
        room.telephony.acceptsOrdersAfterMs = 45;
        await room.clock.advance(200);
        expect(await placedWithin(2_500)).to.be.within(35, 42);
        caller.release();
        await room.clock.advance(10_500);
        expect(await placedWithin(1_000)).to.be.within(79, 80);
        await room.calledOut(action);
      });

      it('keeps the full rate when every request takes equally long', async () => {
        slow(1_400, 20, 60);
        room.lines.takeInbound();
        const action = await room.running();
        expect(await placedWithin(10_000)).to.be.within(199, 201);
        await room.calledOut(action);
        expect(room.log.said('warn')).to.deep.equal([]);
      });
    });

    it('makes every call when calls end before their requests were accepted', async () => {
      slow(20, 10, 3_600_000);
      room.telephony.otherwise = { refuses: { status: 486 } };
      const action = await room.running();
      await room.calledOut(action);
      expect(room.telephony.placed).to.have.lengthOf(20);
    });
  });
});
