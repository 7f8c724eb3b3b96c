import { expect } from 'chai';
import { calleesOf, mobile } from '../adapters/sqlite/support/fixtures.js';
import { ControlRoom } from '../support/control-room.js';
import { BUSY, NO_DIGIT, PRESSES, RINGS_OUT } from '../support/far-end.js';

/** Progress of a call in which no step was taken yet. */
const NO_STEPS = { steps: [], soundId: undefined };

describe('after a restart', () => {
  let room: ControlRoom;

  beforeEach(() => {
    room = new ControlRoom({ cps: 1_000 });
  });

  afterEach(() => {
    room.close();
  });

  it('calls everybody again except people who pressed a digit', async () => {
    room.people(4);
    room.telephony.script(mobile(1), PRESSES);
    room.telephony.script(mobile(2), NO_DIGIT);
    room.telephony.script(mobile(3), RINGS_OUT);
    room.telephony.script(mobile(4), { ringsAfterMs: 'never' });
    const action = await room.running();
    await room.clock.advance(6_000);
    room = await room.restart({ otherwise: PRESSES });
    expect(room.attempts(action).map(({ outcome }) => outcome)).to.deep.equal([
      'confirmed',
      'interrupted',
      'interrupted',
      'interrupted',
    ]);
    expect(room.attempts(action)[1]!.reason).to.contain('restarted');
    await room.calledOut(action);
    expect(room.telephony.placed.map(({ to }) => to)).to.deep.equal([2, 3, 4].map(mobile));
    expect(room.actions.view(action.id).counts).to.include({ reached: 4, confirmed: 4, interrupted: 3 });
    expect(room.attempts(action).at(-1)!.number).to.equal(2);
  });

  it('counts a person as reached who pressed a digit in the instant in which the old process died', async () => {
    const person = room.person(1);
    const action = await room.running();
    await room.clock.advance(1_000);
    const [attempt] = room.stores.attempts.open();
    const pressedAt = room.clock.now();
    room.stores.attempts.confirmed(attempt!.id, pressedAt);
    await room.clock.advance(5_000);
    room = await room.restart();
    await room.clock.advance(600_000);
    expect(room.telephony.placed).to.deep.equal([]);
    const [callee] = calleesOf(room.stores, action.id);
    expect(callee).to.include({ participantId: person.id, heardVersion: 1 });
    expect(callee!.reachedAt, 'reached at the time of the digit').to.equal(pressedAt);
  });

  it('keeps the number of tries and the times of retries', async () => {
    room.people(1);
    room.telephony.otherwise = BUSY;
    const action = await room.running();
    await room.clock.advance(10_000);
    const diedAt = room.clock.now();
    const [first] = room.attempts(action);
    room = await room.restart({ otherwise: BUSY });
    await room.calledOut(action);
    expect(room.attempts(action).map(({ outcome, number }) => [outcome, number])).to.deep.equal([
      ['busy', 1],
      ['busy', 2],
      ['busy', 3],
    ]);
    expect(room.attempts(action)[1]!.dialedAt).to.equal(first!.endedAt! + 60_000);
    expect(diedAt).to.be.lessThan(first!.endedAt! + 60_000);
  });

  it('calls a person whose call was cancelled because the person called the tip line', async () => {
    room.people(1);
    const action = await room.running();
    await room.clock.advance(1_000);
    room.telephony.ringUs(mobile(1), { hangsUpAtMs: 2_000 });
    await room.clock.advance(500);
    expect(room.outcomes(action, mobile(1))).to.deep.equal(['cancelled']);
    room = await room.restart({ otherwise: PRESSES });
    await room.calledOut(action);
    expect(room.outcomes(action, mobile(1))).to.deep.equal(['cancelled', 'confirmed']);
    expect(room.attempts(action).map(({ number }) => number)).to.deep.equal([1, 2]);
  });

  it('hangs up calls of ours that have no attempt', async () => {
    room.people(1);
    const action = await room.running();
    await room.clock.advance(1_000);
    room = await room.restart({
      survivingOutgoing: [{ id: room.ids.ofAttempt(99), rang: true, answered: true, ...NO_STEPS }],
    });
    expect(room.telephony.orphans).to.deep.equal([room.ids.ofAttempt(99)]);
    expect(room.attempts(action)[0]!.outcome).to.equal('interrupted');
    expect(room.ids.isOurs(room.ids.ofAttempt(99))).to.equal(true);
    expect(room.ids.isOurs('bn-other-a1')).to.equal(false);
  });

  describe('live calls', () => {
    const idOf = (attemptId: number): string => room.ids.ofAttempt(attemptId);

    it('go on: a person who had not pressed a digit can press one, and is called once', async () => {
      room.people(1);
      room.telephony.script(mobile(1), NO_DIGIT);
      const action = await room.running();
      await room.clock.advance(4_000);
      const [attempt] = room.attempts(action);
      const farEnd = { presses: [{ digit: '5' as const, atMs: 1_000 }] };
      room = await room.restart({
        survivingOutgoing: [{ id: idOf(attempt!.id), rang: true, answered: true, ...NO_STEPS, farEnd }],
      });
      expect(room.dialer.people(action.id)).to.deep.equal({ waiting: 0, dialing: 0, ringing: 0, in_call: 1 });
      expect(room.lines.outbound).to.equal(1);
      await room.calledOut(action);
      expect(room.telephony.placed).to.deep.equal([]);
      expect(room.outcomes(action, mobile(1))).to.deep.equal(['confirmed']);
      expect(room.lines.outbound).to.equal(0);
      const trace = room.actions.trace(attempt!.id).map(({ step }) => step);
      expect(trace).to.deep.equal(['prompt', 'taken over', 'message']);
    });

    it('in which a digit was pressed while no controller ran make the person reached, at the time of the digit', async () => {
      const person = room.person(1);
      room.telephony.script(mobile(1), NO_DIGIT);
      const action = await room.running();
      await room.clock.advance(4_000);
      const [attempt] = room.attempts(action);
      const at = room.clock.now() - 500;
      const played = { steps: [{ step: 'message' as const, at }], soundId: action.message.soundId };
      room = await room.restart({
        survivingOutgoing: [{ id: idOf(attempt!.id), rang: true, answered: true, ...played }],
      });
      expect(room.attempts(action)[0]!.confirmedAt).to.equal(at);
      expect(calleesOf(room.stores, action.id)[0]).to.include({ participantId: person.id, heardVersion: 1 });
      await room.calledOut(action);
      expect(room.outcomes(action, mobile(1))).to.deep.equal(['confirmed']);
      expect(room.telephony.placed).to.deep.equal([]);
    });

    it('that ended after a digit while no controller ran are confirmed, with the seconds heard', async () => {
      room.people(2);
      room.telephony.otherwise = NO_DIGIT;
      const action = await room.running();
      await room.clock.advance(4_000);
      const [pressed, silent] = room.attempts(action);
      const at = room.clock.now();
      const end = { by: 'them' as const, answered: true };
      room = await room.restart({
        rememberedResults: new Map([
          [
            idOf(pressed!.id),
            { ...end, steps: [{ step: 'message', at }], soundId: action.message.soundId, at: at + 12_000 },
          ],
          [idOf(silent!.id), { ...end, steps: [{ step: 'goodbye', at }], soundId: undefined, at: at + 3_000 }],
        ]),
      });
      await room.calledOut(action);
      expect(room.telephony.placed).to.deep.equal([]);
      expect(
        room.attempts(action).map(({ outcome, plays, heardSeconds }) => [outcome, plays, heardSeconds]),
      ).to.deep.equal([
        ['confirmed', 2, 11],
        ['no_digit', 0, 0],
      ]);
      expect(room.actions.view(action.id).counts.reached).to.equal(1);
    });

    it('that were answered and ended while no controller ran count as answered too', async () => {
      room.people(1);
      const action = await room.running();
      await room.clock.advance(1_000);
      const [ringing] = room.attempts(action);
      expect(ringing!.answeredAt).to.equal(null);
      const at = room.clock.now() + 500;
      const steps = [{ step: 'message' as const, at }];
      const end = { by: 'them' as const, answered: true, steps, soundId: action.message.soundId, at: at + 9_000 };
      room = await room.restart({ rememberedResults: new Map([[idOf(ringing!.id), end]]) });
      expect(room.attempts(action)[0]).to.include({ outcome: 'confirmed', answeredAt: at, confirmedAt: at, plays: 1 });
      expect(room.actions.view(action.id).counts).to.include({ answered: 1, reached: 1 });
    });

    it('that still ring can be answered as if there had been no restart', async () => {
      room.people(1);
      const action = await room.running();
      await room.clock.advance(1_000);
      const [attempt] = room.attempts(action);
      room = await room.restart({
        survivingOutgoing: [{ id: idOf(attempt!.id), rang: true, answered: false, ...NO_STEPS, farEnd: PRESSES }],
      });
      expect(room.dialer.people(action.id).ringing).to.equal(1);
      await room.calledOut(action);
      expect(room.outcomes(action, mobile(1))).to.deep.equal(['confirmed']);
      expect(room.telephony.placed).to.deep.equal([]);
    });

    it('that were refused while no controller ran get the outcome that Asterisk remembers', async () => {
      room.people(3);
      const action = await room.running();
      await room.clock.advance(1_000);
      const [busy, declined, unknown] = room.attempts(action);
      const over = { ...NO_STEPS, answered: false, at: room.clock.now() };
      room = await room.restart({
        rememberedResults: new Map([
          [idOf(busy!.id), { ...over, by: 'them', sipStatus: 486, sipReason: 'Busy Here' }],
          [idOf(declined!.id), { ...over, by: 'them', sipStatus: 603, sipReason: 'Decline' }],
        ]),
        otherwise: PRESSES,
      });
      expect(room.attempts(action).map(({ outcome, sipStatus }) => [outcome, sipStatus])).to.deep.equal([
        ['busy', 486],
        ['declined', 603],
        ['interrupted', null],
      ]);
      await room.calledOut(action);
      expect(room.telephony.placed.map(({ to }) => to)).to.deep.equal([mobile(3), mobile(1)]);
      expect(unknown!.outcome).to.equal(null);
    });

    it('of an action that was closed just before stop ringing, and listeners hear the alert out and get a closing call', async () => {
      room.people(2);
      room.telephony.script(mobile(1), PRESSES);
      const action = await room.running();
      await room.clock.advance(8_000);
      const [listener, ringing] = room.attempts(action);
      const change = { at: room.clock.now(), result: 'found' as const, closingMessage: { ...action.message } };
      room.stores.actions.move(action.id, 'running', 'closed', change);
      room = await room.restart({
        survivingOutgoing: [
          { id: idOf(listener!.id), rang: true, answered: true, ...NO_STEPS },
          { id: idOf(ringing!.id), rang: true, answered: false, ...NO_STEPS },
        ],
        otherwise: PRESSES,
      });
      await room.calledOut(action);
      expect(room.outcomes(action, mobile(1))).to.deep.equal(['confirmed']);
      expect(room.outcomes(action, mobile(2))).to.deep.equal(['cancelled']);
      expect(room.telephony.placed.map(({ to, order }) => [to, order.to.type])).to.deep.equal([[mobile(1), 'trunk']]);
      expect(room.attempts(action, 'closing')).to.have.length(1);
    });
  });

  describe('callers on the tip line', () => {
    const talking = async (): Promise<{ id: number; from: string }> => {
      room.people(1);
      room.telephony.script(mobile(1), PRESSES);
      room.telephony.script('desk21', { answersAfterMs: 1_000 });
      const action = await room.running();
      await room.calledOut(action);
      room.telephony.ringUs(mobile(1));
      await room.clock.advance(30_000);
      const [call] = room.stores.inbound.open();
      return { id: call!.id, from: mobile(1) };
    };

    it('go on talking to the centralist', async () => {
      const { id, from } = await talking();
      expect(room.stores.inbound.open()[0]!.connectedAt).not.to.equal(null);
      const desk = room.ids.ofDesk(id, 1, room.centralist.id);
      const caller = {
        id: 'incoming-1',
        answered: true,
        from,
        withheld: false,
        source: undefined,
        farEnd: { hangsUpAtMs: 60_000 },
      };
      room = await room.restart({
        survivingOutgoing: [{ id: desk, rang: true, answered: true, ...NO_STEPS }],
        survivingCallers: [caller],
        survivingConversations: [{ a: 'incoming-1', b: desk }],
      });
      expect(room.lines.inbound).to.equal(1);
      expect(room.telephony.orphans).to.deep.equal([]);
      await room.clock.advance(59_000);
      expect(room.telephony.conversations).to.have.length(1);
      expect(room.telephony.conversations[0]!.to).to.equal(undefined);
      await room.clock.advance(2_000);
      const [call] = room.stores.inbound.list({});
      expect(call).to.include({ result: 'connected' });
      expect(room.lines.inbound).to.equal(0);
      expect(room.stores.tips.list({})).to.have.length(1);
    });

    it('are put through when they wait, under the same entry', async () => {
      room.people(1);
      room.telephony.script(mobile(1), PRESSES);
      room.telephony.script('desk21', { ringsAfterMs: 100 });
      const action = await room.running();
      await room.calledOut(action);
      room.telephony.ringUs(mobile(1));
      await room.clock.advance(5_000);
      const [before] = room.stores.inbound.open();
      const caller = { id: before!.callId ?? '', answered: true, from: mobile(1), withheld: false, source: undefined };
      room = await room.restart({
        scripts: { desk21: { answersAfterMs: 1_000, hangsUpAtMs: 5_000 } },
        survivingCallers: [caller],
        survivingOutgoing: [
          { id: room.ids.ofDesk(before!.id, 1, room.centralist.id), rang: true, answered: false, ...NO_STEPS },
        ],
      });
      await room.clock.advance(30_000);
      const calls = room.stores.inbound.list({});
      expect(calls.map(({ id, result }) => [id, result])).to.deep.equal([[before!.id, 'connected']]);
      expect(room.telephony.orphans).to.deep.equal([room.ids.ofDesk(before!.id, 1, room.centralist.id)]);
    });

    it('get the result that the stored data shows when they hung up while no controller ran', async () => {
      await talking();
      room = await room.restart();
      expect(room.stores.inbound.list({}).map(({ result }) => result)).to.deep.equal(['connected']);
    });
  });

  it('keeps a paused action paused, and goes on when it is resumed', async () => {
    room.people(2);
    const action = await room.running();
    room.actions.pause(action.id);
    room = await room.restart({ otherwise: PRESSES });
    await room.clock.advance(600_000);
    expect(room.telephony.placed).to.deep.equal([]);
    room.actions.resume(action.id);
    await room.calledOut(action);
    expect(room.actions.view(action.id).counts.confirmed).to.equal(2);
  });

  describe('closing calls', () => {
    const beganToClose = async (): Promise<number> => {
      room.close();
      room = new ControlRoom({ lines: 3, tipLines: 2, cps: 1_000, otherwise: PRESSES });
      room.people(2);
      const action = await room.running();
      await room.calledOut(action);
      await room.clock.finish(room.actions.close(action.id, { result: 'found' }));
      // With one line, the first person has had the closing call and the second is being called.
      await room.clock.until(() => room.telephony.callsTo(mobile(2)).length > 1);
      return action.id;
    };

    it('go on to people who were not called yet, and to nobody twice', async () => {
      const id = await beganToClose();
      room = await room.restart({ otherwise: NO_DIGIT });
      await room.clock.advance(600_000);
      expect(room.telephony.placed.map(({ to }) => to)).to.deep.equal([mobile(2)]);
      expect(room.actions.view(id).counts).to.include({ closing_called: 2, closing_answered: 2 });
    });

    it('are not made after more than half an hour', async () => {
      await beganToClose();
      room.telephony.goDown();
      room.dialer.stop();
      await room.clock.advance(31 * 60_000);
      room = await room.restart({ otherwise: NO_DIGIT });
      await room.clock.advance(600_000);
      expect(room.telephony.placed).to.deep.equal([]);
    });
  });

  it('goes on with an update to people who have not heard the newest message, whatever earlier updates they got', async () => {
    room.people(1);
    room.telephony.otherwise = PRESSES;
    const action = await room.running();
    await room.calledOut(action);
    await room.clock.finish(room.actions.update(action.id, { text: 'message-2' }));
    await room.calledOut(action);
    room.telephony.otherwise = RINGS_OUT;
    await room.clock.finish(room.actions.update(action.id, { text: 'message-3' }));
    await room.clock.advance(5_000);
    room = await room.restart({ otherwise: PRESSES });
    await room.calledOut(action);
    expect(room.telephony.placed.map(({ call }) => call.heardWords)).to.deep.equal([
      'update-prompt message-3 message-3 ending thanks',
    ]);
  });

  it('gives a result to calls to the tip line that were cut off', async () => {
    room.people(1);
    room.telephony.otherwise = PRESSES;
    const action = await room.running();
    await room.calledOut(action);
    room.telephony.script('desk21', { answersAfterMs: 3_000 });
    room.telephony.ringUs(mobile(1), {});
    await room.clock.advance(10_000);
    room.telephony.ringUs('+31699999999', {});
    await room.clock.advance(100);
    room = await room.restart();
    expect(room.stores.inbound.list({}).map(({ result }) => result)).to.deep.equal(['connected', 'refused']);
    expect(room.stores.inbound.open()).to.deep.equal([]);
  });
});
