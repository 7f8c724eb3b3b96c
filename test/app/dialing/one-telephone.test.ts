import { expect } from 'chai';
import type { Action } from '../../../src/domain/action.js';
import { addPerson, calleesOf, mobile } from '../../adapters/sqlite/support/fixtures.js';
import { ControlRoom, type RoomOptions } from '../../support/control-room.js';
import { BUSY, CONGESTED, NO_DIGIT, PRESSES, RINGS_OUT, type FarEnd } from '../../support/far-end.js';

const TALKS: FarEnd = { answersAfterMs: 1_000, hangsUpAtMs: 60_000 };

describe('one telephone', () => {
  let room: ControlRoom;

  const open = (options: RoomOptions = {}): void => {
    room = new ControlRoom(options);
  };
  /** Fails when a telephone with one of these numbers had two calls at once, inbound calls included. */
  const oneAtATime = (...numbers: readonly number[]): void => {
    for (const n of numbers) {
      const calls = room.telephony.callsTo(mobile(n)).map(({ at, call }) => ({ at, end: call.endedAt ?? Infinity }));
      for (const [index, { at }] of calls.entries()) {
        const before = calls[index - 1];
        if (before) expect(at, `call ${index + 1} to ${n}`).to.be.at.least(before.end);
      }
    }
  };
  const inTwoAreas = async (...scripts: FarEnd[]): Promise<[Action, Action]> => {
    for (let n = 1; n <= 6; n++) room.telephony.script(mobile(n), ...scripts);
    const first = await room.running();
    const second = await room.running({ title: 'Vermist meisje', kind: 'missing_child' });
    return [first, second];
  };

  afterEach(() => {
    room.close();
  });

  for (const [what, script] of Object.entries({ PRESSES, NO_DIGIT, RINGS_OUT, BUSY, CONGESTED })) {
    it(`of a person in two running actions is called for both, one after the other: ${what}`, async () => {
      open({ lines: 30, cps: 20 });
      room.people(6);
      const [first, second] = await inTwoAreas(...(script === CONGESTED ? [CONGESTED, PRESSES] : [script]));
      await room.calledOut(first, second);
      oneAtATime(1, 2, 3, 4, 5, 6);
      for (const action of [first, second])
        for (let n = 1; n <= 6; n++)
          expect(room.outcomes(action, mobile(n)), `person ${n}`)
            .to.have.lengthOf.at.least(1)
            .and.not.include(null);
    });
  }

  it('that two people share has one call at a time, and each person is called for the action of their own area', async () => {
    open();
    addPerson(room.stores, [mobile(1)], ['8251AB']);
    addPerson(room.stores, [mobile(1), mobile(2)], ['9999AB']);
    room.telephony.script(mobile(1), PRESSES);
    const first = await room.running();
    const second = await room.running({ area: { postcodes: ['9999'] } });
    await room.clock.advance(5_000);
    expect(room.telephony.callsTo(mobile(1))).to.have.lengthOf(1);
    expect(room.actions.view(second.id).counts).to.include({ waiting: 1, dialing: 0, ringing: 0 });
    await room.calledOut(first, second);
    oneAtATime(1);
    expect([first, second].map((action) => room.outcomes(action, mobile(1)))).to.deep.equal([
      ['confirmed'],
      ['confirmed'],
    ]);
  });

  it('in use holds up nobody else, and gets time to be put down before the next call', async () => {
    open({ lines: 30, cps: 20 });
    room.people(6);
    for (let n = 1; n <= 6; n++)
      room.telephony.script(mobile(n), n === 1 ? PRESSES : { ...PRESSES, answersAfterMs: 500 });
    const first = await room.running();
    await room.clock.advance(200);
    for (let n = 7; n <= 9; n++) room.person(n);
    const second = await room.running();
    await room.clock.advance(1_000);
    expect([7, 8, 9].map((n) => room.telephony.callsTo(mobile(n)).length)).to.deep.equal([1, 1, 1]);
    await room.calledOut(first, second);
    oneAtATime(1, 2, 3, 4, 5, 6);
    const [one, two] = room.telephony.callsTo(mobile(1));
    expect(two!.at - one!.call.endedAt!).to.be.within(2_000, 2_500);
  });

  it('that is in a call for one action gets the closing call of another action afterwards', async () => {
    open();
    room.people(1);
    room.telephony.script(mobile(1), PRESSES, TALKS, PRESSES);
    const first = await room.running();
    await room.calledOut(first);
    await room.running({ title: 'Vermist meisje' });
    await room.clock.advance(2_000);
    await room.actions.close(first.id, { result: 'found' });
    await room.clock.advance(3_000);
    expect(room.telephony.callsTo(mobile(1))).to.have.lengthOf(2);
    expect(room.actions.view(first.id).counts.waiting).to.equal(1);
    await room.calledOut(first);
    oneAtATime(1);
    expect(room.attempts(first, 'closing')).to.have.lengthOf(1);
  });

  it('of a caller on the tip line is not called for another action until that call is over', async () => {
    open();
    room.people(1);
    room.telephony.script(mobile(1), PRESSES);
    room.telephony.script('desk21', { answersAfterMs: 1_000, hangsUpAtMs: 30_000 });
    const first = await room.running();
    await room.calledOut(first);
    const tip = room.telephony.ringUs(mobile(1), {});
    await room.clock.advance(5_000);
    const second = await room.running({ title: 'Vermist meisje' });
    await room.clock.advance(5_000);
    expect(tip.endedAt).to.equal(undefined);
    expect(room.telephony.callsTo(mobile(1))).to.have.lengthOf(1);
    await room.calledOut(second);
    expect(room.telephony.callsTo(mobile(1))[1]!.at).to.be.at.least(tip.endedAt!);
    expect(room.outcomes(second, mobile(1))).to.deep.equal(['confirmed']);
  });

  it('in use counts as not callable now in the plan of every person with that number', async () => {
    open();
    addPerson(room.stores, [mobile(1)], ['8251AB']);
    room.person(2);
    await room.running();
    await room.clock.advance(1_000);
    addPerson(room.stores, [mobile(1)], ['9999AB']);
    addPerson(room.stores, [mobile(3), mobile(2)], ['9999AB']);
    const { plan } = await room.actions.create({
      kind: 'theft',
      title: 'Gestolen fiets',
      description: 'Rode damesfiets',
      message: { text: 'message-1' },
      area: { postcodes: ['9999'] },
      centralistId: room.centralist.id,
      criteria: { timeCritical: true, clearDescription: true },
    });
    expect(plan).to.include({ selected: 2, callableNow: 1 });
  });

  it('is not called for an action that was closed while the person waited', async () => {
    open();
    room.people(1);
    room.telephony.script(mobile(1), TALKS);
    const first = await room.running();
    const second = await room.running();
    await room.clock.advance(2_000);
    await room.actions.close(second.id, { result: 'false_alarm' });
    await room.calledOut(first, second);
    await room.clock.advance(10_000);
    expect(room.telephony.callsTo(mobile(1))).to.have.lengthOf(1);
  });

  it('has one call at a time after a restart too, while a call of the earlier process is live', async () => {
    open();
    room.people(1);
    room.telephony.script(mobile(1), TALKS);
    const first = await room.running();
    const second = await room.running();
    await room.clock.advance(2_000);
    const [attempt] = room.attempts(first);
    const id = room.ids.ofAttempt(attempt!.id);
    const farEnd = { hangsUpAtMs: 20_000 };
    const survivingOutgoing = [{ id, answered: true, rang: true, steps: [], soundId: undefined, farEnd }];
    const before = room;
    room = await before.restart({ survivingOutgoing, otherwise: PRESSES });
    await room.clock.advance(10_000);
    expect([room.telephony.takenOverOutgoing.length, room.telephony.placed.length]).to.deep.equal([1, 0]);
    await room.calledOut(first, second);
    expect(room.telephony.placed[0]!.at).to.be.at.least(room.telephony.takenOverOutgoing[0]!.call.endedAt!);
    expect(room.outcomes(second, mobile(1))).to.deep.equal(['confirmed']);
  });

  describe('and a callback to it', () => {
    /** Calls back a participant of the action who called the tip line and got nobody. */
    const callsBack = (action: Action): number => {
      const { inbound } = room.stores;
      const [callee] = calleesOf(room.stores, action.id);
      const { id } = inbound.add({ from: mobile(1), callId: `call-${action.id}`, receivedAt: room.clock.now() });
      inbound.update(id, { participantId: callee!.participantId, actionId: action.id, reason: 'reached' });
      inbound.end(id, 'abandoned', room.clock.now());
      return room.callbacks.callBack(id).id;
    };

    it('cancels a ringing call of another action, which is made again after the callback', async () => {
      open();
      room.people(1);
      room.telephony.script('desk21', { answersAfterMs: 1_000, hangsUpAtMs: 20_000 });
      room.telephony.script(mobile(1), PRESSES, RINGS_OUT, { answersAfterMs: 1_000 }, PRESSES);
      const first = await room.running();
      await room.calledOut(first);
      const second = await room.running();
      await room.clock.advance(2_000);
      const id = callsBack(first);
      await room.calledOut(second);
      oneAtATime(1);
      expect(room.stores.callbacks.get(id)).to.include({ result: 'connected' });
      expect(room.outcomes(second, mobile(1))).to.deep.equal(['cancelled', 'confirmed']);
    });

    it('waits while the participant hears the message of another action', async () => {
      open();
      room.people(1);
      room.telephony.script('desk21', { answersAfterMs: 1_000, hangsUpAtMs: 60_000 });
      room.telephony.script(mobile(1), PRESSES, { ...PRESSES, hangsUpAtMs: 10_000 }, { answersAfterMs: 1_000 });
      const first = await room.running();
      await room.calledOut(first);
      await room.running();
      await room.clock.advance(3_000);
      const id = callsBack(first);
      await room.clock.until(() => room.stores.callbacks.get(id)?.result !== null);
      oneAtATime(1);
      expect(room.telephony.callsTo(mobile(1))).to.have.lengthOf(3);
      expect(room.stores.callbacks.get(id)).to.include({ result: 'connected' });
    });

    it('keeps calls of every action away, and is given up when the centralist hangs up', async () => {
      open();
      room.people(1);
      room.telephony.script('desk21', { answersAfterMs: 1_000, hangsUpAtMs: 3_000 });
      room.telephony.script(mobile(1), PRESSES, TALKS, PRESSES);
      const first = await room.running();
      await room.calledOut(first);
      const second = await room.running();
      await room.clock.advance(3_000);
      const id = callsBack(first);
      await room.clock.until(() => room.stores.callbacks.get(id)?.result !== null);
      expect(room.stores.callbacks.get(id)).to.include({ result: 'hung_up' });
      await room.calledOut(second);
      await room.running();
      await room.clock.advance(5_000);
      expect(room.telephony.callsTo(mobile(1)), 'the reservation was released').to.have.lengthOf(3);
      oneAtATime(1);
    });
  });
});
