import { expect } from 'chai';
import type { Action } from '../../../src/domain/action.js';
import { addPerson, calleesOf, mobile } from '../../adapters/sqlite/support/fixtures.js';
import { ControlRoom, type RoomOptions } from '../../support/control-room.js';
import { HANGS_UP, NO_DIGIT, PRESSES, type FarEnd } from '../../support/far-end.js';

const GIVEN_UP = [...Array<string>(4).fill('congestion'), 'unreachable'];

/** Every way in which an operator refuses a call for lack of room. */
const REFUSALS: Readonly<Record<string, FarEnd['refuses']>> = {
  '503': { status: 503, reason: 'Service Unavailable' },
  '503 with Retry-After: 61': { status: 503, reason: 'Service Unavailable', retryAfterSeconds: 61 },
  '503 with Retry-After: 1': { status: 503, retryAfterSeconds: 1 },
  '503 with Retry-After: 86400': { status: 503, retryAfterSeconds: 86_400 },
  '500 with Retry-After: 30': { status: 500, retryAfterSeconds: 30 },
  '502': { status: 502 },
  '504': { status: 504 },
  '429 with Retry-After: 10': { status: 429, retryAfterSeconds: 10 },
  '403 that speaks of a limit': { status: 403, reason: 'Call limit reached' },
};

describe('a number that the operator always refuses', function () {
  this.timeout(60_000);
  let room: ControlRoom;

  const open = (people: number, bad: readonly number[], how: FarEnd['refuses'], options: RoomOptions = {}): void => {
    room = new ControlRoom({ lines: 100, tipLines: 4, cps: 10, retry: 'off', ...options });
    room.people(people);
    room.telephony.otherwise = HANGS_UP;
    for (const n of bad) room.telephony.script(mobile(n), refuses(how));
  };
  const refuses = (how: FarEnd['refuses']): FarEnd => ({ refuses: how!, ringsAfterMs: 'never' });
  const called = (): number => new Set(room.telephony.placed.map(({ to }) => to)).size;
  const expectGivenUp = (action: Action, ...bad: readonly number[]): void => {
    for (const n of bad) expect(room.outcomes(action, mobile(n)), `person ${n}`).to.deep.equal(GIVEN_UP);
  };
  const alarms = (action: Action): unknown[] =>
    room.actions
      .eventsAfter(action.id, 0, 100_000)
      .filter(({ type }) => type === 'alarm')
      .map(({ data }) => data['raised']);

  afterEach(() => {
    room.close();
  });

  for (const [what, how] of Object.entries(REFUSALS)) {
    it(`holds up none of 79 others, and is given up after five refusals: ${what}`, async () => {
      open(80, [1], how);
      const action = await room.running();
      await room.clock.advance(8_200);
      expect(called()).to.equal(80);
      await room.calledOut(action);
      expectGivenUp(action, 1);
      const { counts, warning } = room.actions.view(action.id);
      expect(counts).to.include({ hung_up: 79, congestion: 4, unreachable: 1, waiting: 0 });
      expect([warning, alarms(action).length]).to.deep.equal([
        null,
        how?.retryAfterSeconds ? alarms(action).length : 0,
      ]);
      const asked = Math.min(300, how?.retryAfterSeconds ?? 0) * 1_000;
      const calls = room.telephony.callsTo(mobile(1));
      for (const [index, { at }] of calls.slice(1).entries())
        expect(at - calls[index]!.call.endedAt!).to.be.at.least(Math.max(asked, 1_000));
    });
  }

  for (const [where, bad] of Object.entries({
    'the first three': [1, 2, 3],
    'the last three': [78, 79, 80],
    'three in a row': [40, 41, 42],
    'one here and there': [7, 33, 70],
  })) {
    it(`does not slow the calls to the others when there are several among 80: ${where}`, async () => {
      open(80, bad, { status: 503, reason: 'Service Unavailable', retryAfterSeconds: 61 });
      const action = await room.running();
      await room.clock.advance(8_500);
      expect(called()).to.equal(80);
      expect(room.telephony.placed.length).to.be.at.most(83);
      await room.calledOut(action);
      expectGivenUp(action, ...bad);
    });
  }

  it('does not stop calls to the next number of the same person, nor to the household', async () => {
    open(0, [1, 2, 3], { status: 503, retryAfterSeconds: 61 });
    room.person(1, 2);
    room.person(3, 4);
    room.people(20, 10);
    const action = await room.running();
    await room.clock.advance(5_000);
    expect(room.outcomes(action, mobile(4)).length + room.telephony.callsTo(mobile(2)).length).to.be.at.least(2);
    await room.calledOut(action);
    expectGivenUp(action, 1, 2, 3);
    expect(room.outcomes(action, mobile(4))).to.deep.equal(['hung_up']);
  });

  it('is given up too when it is the only number of an action', async () => {
    open(1, [1], { status: 503 });
    const action = await room.running();
    await room.calledOut(action);
    expectGivenUp(action, 1);
  });

  it('is not given up while everybody is refused, because then the trunk is full', async () => {
    for (const people of [2, 3, 50]) {
      room?.close();
      open(people, [], undefined);
      let dead = true;
      room.telephony.operator = () => (dead ? refuses({ status: 503 }) : undefined);
      const action = await room.running();
      await room.clock.advance(900_000);
      expect(room.actions.view(action.id).counts, String(people)).to.include({ waiting: people, unreachable: 0 });
      expect(alarms(action)).to.deep.equal([true]);
      dead = false;
      await room.calledOut(action);
      expect(room.actions.view(action.id).counts, String(people)).to.include({ hung_up: people, unreachable: 0 });
      expect(alarms(action)).to.deep.equal([true, false]);
    }
  });

  it('is given up after a restart too, because stored refusals count', async () => {
    open(20, [1], { status: 503 });
    const action = await room.running();
    await room.clock.until(() => room.telephony.callsTo(mobile(1)).length === 3);
    await room.clock.advance(1_000);
    const bad = refuses({ status: 503 });
    room = await room.restart({ scripts: { [mobile(1)]: bad }, otherwise: HANGS_UP, retry: 'off' });
    await room.calledOut(action);
    expectGivenUp(action, 1);
    room = await room.restart({ scripts: { [mobile(1)]: bad }, otherwise: HANGS_UP, retry: 'off' });
    await room.clock.advance(120_000);
    expect(room.telephony.placed).to.deep.equal([]);
  });

  it('rests after a restart too for as long as its Retry-After asked, in every action', async () => {
    const scripts = { [mobile(2)]: refuses({ status: 503, retryAfterSeconds: 120 }) };
    room = new ControlRoom({ lines: 100, tipLines: 4, cps: 10, retry: 'off', otherwise: HANGS_UP, scripts });
    room.people(2);
    // In the other action the number is not tried before the restart.
    const other = await room.running();
    room.actions.pause(other.id);
    await room.clock.advance(60_000);
    expect(room.outcomes(other, mobile(1))).to.deep.equal(['hung_up']);
    const action = await room.running();
    await room.clock.until(() => room.outcomes(action, mobile(2)).includes('congestion'));
    const { endedAt } = room.attempts(action).find(({ outcome }) => outcome === 'congestion')!;
    await room.clock.advance(20_000);
    room = await room.restart({ otherwise: HANGS_UP, retry: 'off' });
    room.actions.resume(other.id);
    await room.calledOut(action, other);
    const [first] = room.telephony.callsTo(mobile(2));
    expect(first).not.to.equal(undefined);
    const again = [...room.attempts(action), ...room.attempts(other)]
      .filter(({ phone, dialedAt }) => phone === mobile(2) && dialedAt > endedAt!)
      .map(({ dialedAt }) => dialedAt - endedAt!);
    expect(Math.min(...again)).to.be.within(120_000, 121_500);
  });

  it('holds up neither closing calls of another action nor a callback', async () => {
    open(10, [], undefined);
    room.telephony.otherwise = PRESSES;
    const first = await room.running();
    await room.calledOut(first);
    addPerson(room.stores, [mobile(11)], ['9999AB']);
    room.telephony.script(mobile(11), refuses({ status: 503, retryAfterSeconds: 120 }));
    await room.running({ area: { postcodes: ['9999'] } });
    await room.clock.advance(500);
    expect(room.telephony.callsTo(mobile(11))).to.have.lengthOf(1);
    const { inbound } = room.stores;
    const [callee] = calleesOf(room.stores, first.id);
    const { id } = inbound.add({ from: mobile(1), callId: 'call-1', receivedAt: room.clock.now() });
    inbound.update(id, { participantId: callee!.participantId, actionId: first.id, reason: 'reached' });
    inbound.end(id, 'abandoned', room.clock.now());
    room.telephony.script('desk21', { answersAfterMs: 500, hangsUpAtMs: 15_000 });
    const callback = room.callbacks.callBack(id);
    await room.clock.advance(20_000);
    expect(room.stores.callbacks.get(callback.id)).to.include({ result: 'connected' });
    await room.actions.close(first.id, { result: 'found' });
    await room.clock.advance(5_000);
    expect(room.attempts(first, 'closing').length).to.be.at.least(9);
  });

  describe('as opposed to a full trunk', () => {
    it('a full trunk stops new calls within a second, for as long as its Retry-After asks', async () => {
      open(80, [], undefined);
      room.telephony.operator = () => refuses({ status: 503, retryAfterSeconds: 20 });
      const action = await room.running();
      await room.clock.advance(5_000);
      expect(room.actions.view(action.id).warning).to.match(/no new call for/);
      await room.clock.advance(14_000);
      expect(room.telephony.placed.length).to.be.within(4, 6);
    });

    it('refused numbers are recognized although calls to other numbers ring late', async () => {
      open(80, [3, 12, 21, 30], { status: 503, retryAfterSeconds: 61 });
      room.telephony.otherwise = { ...HANGS_UP, ringsAfterMs: 4_000, answersAfterMs: 6_000, hangsUpAtMs: 500 };
      await room.running();
      await room.clock.advance(14_000);
      expect(called()).to.equal(80);
    });
  });

  describe('the alarm that nobody is rung for half a minute while people wait', () => {
    const DEAD: FarEnd = { dead: true };

    it('is in the log, the events and the warning until people are rung again', async () => {
      open(200, [], undefined, { lines: 20, tipLines: 2 });
      let dead = false;
      room.telephony.operator = () => (dead ? DEAD : undefined);
      const action = await room.running();
      await room.clock.advance(3_000);
      dead = true;
      await room.clock.advance(28_000);
      expect([room.dialer.alarm, alarms(action)]).to.deep.equal([undefined, []]);
      await room.clock.advance(6_000);
      expect(room.dialer.alarm).to.include({ code: 'nobody_rung', severity: 'error' });
      expect(room.actions.view(action.id).warning).to.match(/^nobody was rung for 3\d s while 1\d\d people wait/);
      expect(room.log.said('error')).to.include('NOBODY IS BEING RUNG while people wait to be called');
      dead = false;
      await room.calledOut(action);
      expect([room.dialer.alarm, alarms(action)]).to.deep.equal([undefined, [true, false]]);
      expect(room.actions.view(action.id).counts).to.include({ hung_up: 200 });
    });

    it('is not raised while every line carries a call, or while people wait for a retry or for the end of a pause', async () => {
      open(12, [], undefined, { lines: 4, tipLines: 2, retry: 'busy:2@60s' });
      room.telephony.otherwise = { answersAfterMs: 1_000, presses: [], hangsUpAtMs: 50_000 };
      for (const n of [1, 2]) room.telephony.script(mobile(n), { refuses: { status: 486 } }, NO_DIGIT);
      const action = await room.running();
      await room.clock.advance(100_000);
      room.actions.pause(action.id);
      await room.clock.advance(100_000);
      room.actions.resume(action.id);
      await room.calledOut(action);
      await room.clock.advance(100_000);
      const next = await room.running();
      await room.calledOut(next);
      expect([alarms(action), alarms(next), room.clock.pending]).to.deep.equal([[], [], 0]);
    });

    it('ends when the action is closed', async () => {
      open(40, [], undefined);
      room.telephony.operator = () => DEAD;
      const action = await room.running();
      await room.clock.advance(60_000);
      expect(room.dialer.alarm).not.to.equal(undefined);
      await room.actions.close(action.id, { result: 'false_alarm' });
      await room.clock.advance(20_000);
      expect([room.dialer.alarm, alarms(action)]).to.deep.equal([undefined, [true, false]]);
    });

    it('does not count the time of an action that was closed before anybody was rung', async () => {
      open(40, [], undefined);
      room.telephony.operator = () => DEAD;
      const action = await room.running();
      await room.clock.advance(10_000);
      await room.actions.close(action.id, { result: 'false_alarm' });
      await room.clock.advance(120_000);
      const next = await room.running();
      await room.clock.advance(20_000);
      expect(alarms(next)).to.deep.equal([]);
      await room.clock.advance(20_000);
      expect(alarms(next)).to.deep.equal([true]);
    });
  });
});
