import { expect } from 'chai';
import { mobile } from '../../adapters/sqlite/support/fixtures.js';
import { ControlRoom, type RoomOptions } from '../../support/control-room.js';
import { BUSY, DECLINES, HANGS_UP, NO_DIGIT, PRESSES, RINGS_OUT, type FarEnd } from '../../support/far-end.js';

describe('Dialer', () => {
  let room: ControlRoom;

  const open = (options: RoomOptions = {}): ControlRoom => (room = new ControlRoom(options));
  const script = (n: number, ...scripts: FarEnd[]): void => {
    room.telephony.script(mobile(n), ...scripts);
  };
  /** When calls to a number were placed, in ms since the first call of all. */
  const callsAt = (n: number): number[] => {
    const start = room.telephony.placed[0]!.at;
    return room.telephony.callsTo(mobile(n)).map(({ at }) => at - start);
  };
  const endOf = (n: number, attempt = 0): number =>
    room.telephony.callsTo(mobile(n))[attempt]!.call.endedAt! - room.telephony.placed[0]!.at;

  afterEach(() => {
    room.close();
  });

  describe('retries', () => {
    it('calls again after no answer and after busy, each at its own delay and as often as the setting says', async () => {
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

    it('makes a retry that becomes due while every line is in use as soon as a line is free', async () => {
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

    it('does not call again after a digit, a decline, a hang-up, no digit, or a number that cannot be reached', async () => {
      open();
      room.people(5);
      for (const [n, farEnd] of [PRESSES, DECLINES, HANGS_UP, NO_DIGIT, { refuses: { status: 404 } }].entries()) {
        script(n + 1, farEnd);
      }
      const action = await room.running();
      await room.clock.advance(3_600_000);
      expect(room.attempts(action)).to.have.lengthOf(5);
    });

    it('tries the second number of a person at once, and the first number again only after its delay', async () => {
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

    it('calls no other number of a person who declined or confirmed', async () => {
      open();
      room.person(1, 2);
      room.person(3, 4);
      script(1, DECLINES);
      script(3, PRESSES);
      const action = await room.running();
      await room.calledOut(action);
      expect([callsAt(2), callsAt(4)]).to.deep.equal([[], []]);
    });

    it('calls again when the line was lost before a digit, and not when it was lost after a digit', async () => {
      open();
      room.people(3);
      script(1, { answersAfterMs: 1_000, lineDiesAtMs: 500 }, PRESSES);
      script(2, { ...PRESSES, lineDiesAtMs: 6_000 });
      script(3, { ...PRESSES, isLostAtMs: 6_000 });
      const action = await room.running();
      await room.calledOut(action);
      await room.clock.advance(600_000);
      expect(room.outcomes(action, mobile(1))).to.deep.equal(['interrupted', 'confirmed']);
      expect(room.outcomes(action, mobile(2))).to.deep.equal(['interrupted']);
      expect(room.outcomes(action, mobile(3))).to.deep.equal(['confirmed']);
      expect(room.actions.view(action.id).counts.reached).to.equal(3);
    });

    describe('when the line goes dead in every call', () => {
      const DIES = { answersAfterMs: 1_000, lineDiesAtMs: 500 };
      const TRIES = ['interrupted', 'interrupted', 'interrupted'];

      it('goes on with the next number of that person', async () => {
        open();
        room.person(1, 2);
        script(1, DIES, DIES, DIES, DIES);
        script(2, PRESSES);
        const action = await room.running();
        await room.calledOut(action);
        await room.clock.advance(600_000);
        // The second number is tried before the first is tried again, and the person is then reached.
        expect(room.outcomes(action, mobile(1))).to.deep.equal(['interrupted']);
        expect(room.outcomes(action, mobile(2))).to.deep.equal(['confirmed']);
      });

      it('calls three times when there is no other number, and not again after a restart', async () => {
        open();
        room.person(1);
        room.telephony.otherwise = DIES;
        const action = await room.running();
        await room.calledOut(action);
        await room.clock.advance(600_000);
        expect(room.outcomes(action, mobile(1))).to.deep.equal(TRIES);
        room = await room.restart({ otherwise: DIES });
        await room.clock.advance(600_000);
        expect(room.telephony.placed).to.deep.equal([]);
        expect(room.outcomes(action, mobile(1))).to.deep.equal(TRIES);
        expect(room.actions.view(action.id).counts).to.include({ waiting: 0, interrupted: 3, reached: 0 });
      });

      it('calls three times when a restart comes between', async () => {
        open();
        room.person(1);
        room.telephony.otherwise = DIES;
        const action = await room.running();
        await room.clock.advance(2_500);
        expect(room.outcomes(action, mobile(1))).to.deep.equal(['interrupted']);
        room = await room.restart({ otherwise: DIES });
        await room.clock.advance(600_000);
        expect(room.outcomes(action, mobile(1))).to.deep.equal(TRIES);
      });

      it('makes the closing call three times', async () => {
        open();
        room.person(1);
        script(1, PRESSES, DIES, DIES, DIES, DIES);
        const action = await room.running();
        await room.calledOut(action);
        await room.clock.finish(room.actions.close(action.id, { result: 'found' }));
        await room.clock.advance(600_000);
        expect(room.outcomes(action, mobile(1), 'closing')).to.deep.equal(TRIES);
      });
    });

    it('repeats calls that were lost with Asterisk once Asterisk is back', async () => {
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
});
