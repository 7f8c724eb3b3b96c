import { expect } from 'chai';
import { mobile } from '../adapters/sqlite/support/fixtures.js';
import { ControlRoom, type RoomOptions } from '../support/control-room.js';
import { CONGESTED, HANGS_UP, NO_DIGIT, PRESSES, type FarEnd } from '../support/far-end.js';

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
      expect(room.log.lines.filter(({ message }) => message.startsWith('NO CALLS CAN BE MADE'))).to.have.lengthOf(1);
      room.diskWorks = true;
      await room.calledOut(draft);
      expect(room.log.lines.filter(({ message }) => message === 'calls can be made again')).to.have.lengthOf(1);
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
});
