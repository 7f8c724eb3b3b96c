import { expect } from 'chai';
import type { Action } from '../../../src/domain/action.js';
import type { Callback } from '../../../src/domain/callback.js';
import type { E164 } from '../../../src/domain/phone-number.js';
import { Problem } from '../../../src/domain/problem.js';
import type { InboundCall } from '../../../src/domain/tip.js';
import { mobile } from '../../adapters/sqlite/support/fixtures.js';
import { ControlRoom, type RoomOptions } from '../../support/control-room.js';
import { DECLINES, RINGS_OUT, type FarEnd } from '../../support/far-end.js';
import { mostStarts } from '../../support/line-use.js';

const TAKES: FarEnd = { answersAfterMs: 1_000 };

describe('a callback', () => {
  let room: ControlRoom;
  let action: Action;
  let participantId: number;

  const open = async (options: RoomOptions = {}): Promise<void> => {
    room = new ControlRoom(options);
    participantId = room.person(1).id;
    action = await room.draft();
  };
  /** A caller who reached no centralist. */
  const missed = (change: Partial<InboundCall> = {}, from: E164 | null = mobile(1)): number => {
    const { inbound } = room.stores;
    const { id } = inbound.add({ from, callId: `call-${Math.random()}`, receivedAt: room.clock.now() });
    inbound.update(id, { participantId, actionId: action.id, reason: 'reached', ...change });
    inbound.end(id, 'abandoned', room.clock.now());
    return id;
  };
  const callBack = async (inboundId: number, desk: FarEnd, participant: FarEnd = RINGS_OUT): Promise<Callback> => {
    room.telephony.script('desk21', desk);
    room.telephony.script(mobile(1), participant);
    const { id } = room.callbacks.callBack(inboundId);
    await room.clock.until(() => room.stores.callbacks.get(id)?.result !== null);
    await room.clock.advance(100);
    return room.stores.callbacks.get(id)!;
  };
  const problem = (work: () => unknown): Problem => {
    try {
      work();
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
    throw new Error('it did not fail');
  };
  const stages = (): unknown[] =>
    room.stores.events
      .after(action.id, 0, 1_000)
      .filter(({ type }) => type === 'callback')
      .map(({ data }) => data['stage']);

  beforeEach(() => open());

  afterEach(() => {
    expect(room.callbacks.liveCalls).to.equal(0);
    expect(room.lines.inUse, 'lines').to.equal(0);
    expect(room.softphones.isEngaged(room.centralist.id)).to.equal(false);
    room.close();
  });

  it('rings the centralist with the participant on the display, then the participant with the tip line, and connects them', async () => {
    const inboundId = missed();
    const done = await callBack(inboundId, { ...TAKES, hangsUpAtMs: 60_000 }, { answersAfterMs: 5_000 });
    expect(done).to.include({ result: 'connected', inboundId, participantId, phone: mobile(1), actionId: action.id });
    const [desk] = room.telephony.callsTo('desk21');
    const [participant] = room.telephony.callsTo(mobile(1));
    expect(desk?.order.callerId).to.deep.equal({ number: '0612340001', name: 'Terugbellen 1 8251AB' });
    expect(participant?.order.callerId).to.deep.equal({ number: '08000011', name: 'Burgernet' });
    expect(desk?.call.heardWords).to.equal('callback-desk ringing hold');
    expect(participant?.call.heardWords).to.equal('callback-hello');
    const { requestedAt, deskAnsweredAt, answeredAt, endedAt } = done;
    expect([deskAnsweredAt, answeredAt].map((at) => at! - requestedAt)).to.deep.equal([1_000, 6_000]);
    expect(endedAt! - requestedAt).to.be.within(61_000, 61_100);
    expect(participant?.end).to.include({ by: 'us' });
    expect(stages()).to.deep.equal(['ringing_desk', 'ringing', 'connected', 'ended']);
  });

  it('gives a tip if the call and earlier callbacks gave none', async () => {
    const talks: FarEnd = { answersAfterMs: 0, hangsUpAtMs: 20_000 };
    const inboundId = missed();
    await callBack(inboundId, TAKES, talks);
    const [tip, ...more] = room.stores.tips.list({ inboundId });
    expect(tip).to.include({ type: 'conversation', participantId, actionId: action.id });
    expect(more).to.deep.equal([]);
    await callBack(inboundId, TAKES, talks);
    expect(room.stores.tips.list({ inboundId })).to.have.length(1);
  });

  it('ends before the participant is rung when the centralist does not answer', async () => {
    expect(await callBack(missed(), {}, TAKES)).to.include({ result: 'desk_unanswered', deskAnsweredAt: null });
    expect(room.telephony.callsTo(mobile(1))).to.deep.equal([]);
    expect(stages()).to.deep.equal(['ringing_desk', 'ended']);
  });

  for (const [result, participant] of [
    ['no_answer', RINGS_OUT],
    ['busy', { refuses: { status: 486 } }],
    ['declined', DECLINES],
    ['congestion', { refuses: { status: 503 } }],
    ['unreachable', { refuses: { status: 404 } }],
    ['declined', { answersAfterMs: 500, hangsUpAtMs: 1_000 }],
  ] as const) {
    it(`is ${result} when the participant's telephone does this: ${JSON.stringify(participant)}`, async () => {
      expect((await callBack(missed(), TAKES, participant)).result).to.equal(result);
      const [desk] = room.telephony.callsTo('desk21');
      expect(desk?.call.heardWords).to.match(/callback-failed$/);
    });
  }

  it('is hung_up when the centralist hangs up, and the participant’s telephone stops ringing', async () => {
    const done = await callBack(missed(), { answersAfterMs: 1_000, hangsUpAtMs: 4_000 }, RINGS_OUT);
    expect(done.result).to.equal('hung_up');
    const [participant] = room.telephony.callsTo(mobile(1));
    expect(participant?.end).to.include({ by: 'us' });
  });

  it('is interrupted when the telephony is lost', async () => {
    room.telephony.script('desk21', TAKES);
    const { id } = room.callbacks.callBack(missed());
    await room.clock.advance(3_000);
    room.telephony.goDown();
    await room.clock.advance(100);
    expect(room.stores.callbacks.get(id)?.result).to.equal('interrupted');
    room.telephony.comeUp();
  });

  it('can be made by a colleague', async () => {
    const { centralist } = await room.centralists.add({ name: 'Kees', extension: '22' });
    room.telephony.script(centralist.sipUsername, { answersAfterMs: 0, hangsUpAtMs: 1_000 });
    const { id } = room.callbacks.callBack(missed(), centralist.id);
    await room.clock.until(() => room.stores.callbacks.get(id)?.result !== null);
    await room.clock.advance(100);
    expect(room.stores.callbacks.get(id)).to.include({ centralistId: centralist.id, result: 'hung_up' });
    expect(room.telephony.callsTo('desk21')).to.deep.equal([]);
  });

  it('goes to the participant’s own number when the caller ID was withheld or cannot be called', async () => {
    for (const from of [null, '+31900123456', '+4915112345678'] as (E164 | null)[])
      expect((await callBack(missed({}, from), TAKES, { refuses: { status: 486 } })).phone).to.equal(mobile(1));
    expect((await callBack(missed({}, mobile(7)), TAKES)).phone, 'the telephone of a neighbour').to.equal(mobile(7));
  });

  describe('is refused', () => {
    it('for an unknown call, and for an unknown centralist', () => {
      expect(problem(() => room.callbacks.callBack(99)).code).to.equal('not_found');
      const error = problem(() => room.callbacks.callBack(missed(), 99));
      expect([error.code, error.fields[0]?.field]).to.deep.equal(['invalid', 'centralistId']);
    });

    it('for a call about no action, or by no participant', () => {
      expect(problem(() => room.callbacks.callBack(missed({ actionId: null }))).code).to.equal('conflict');
      expect(problem(() => room.callbacks.callBack(missed({ participantId: null }))).code).to.equal('conflict');
    });

    it('to a caller who is still on the line', () => {
      const { id } = room.stores.inbound.add({ from: mobile(1), callId: 'live', receivedAt: 0 });
      room.stores.inbound.update(id, { participantId, actionId: action.id });
      expect(problem(() => room.callbacks.callBack(id)).code).to.equal('conflict');
    });

    it('twice at once for one call, and by a centralist who is in a call', async () => {
      room.telephony.script('desk21', RINGS_OUT);
      const { centralist } = await room.centralists.add({ name: 'Kees', extension: '22' });
      const [one, other] = [missed(), missed()];
      room.callbacks.callBack(one);
      expect(problem(() => room.callbacks.callBack(one, centralist.id)).code).to.equal('conflict');
      const busy = problem(() => room.callbacks.callBack(other));
      expect([busy.code, busy.fields[0]?.field]).to.deep.equal(['conflict', 'centralistId']);
      await room.clock.advance(25_000);
    });
  });

  it('reports its stage from the request to the end', async () => {
    const { callbacks } = room;
    const seen: string[] = [];
    const note = (): void => {
      seen.push(callbacks.live.map(({ stage, since }) => `${stage} ${since - began}`).join());
    };
    const began = room.clock.now();
    const off = callbacks.onChange(note);
    const inboundId = missed();
    const done = callBack(inboundId, { ...TAKES, hangsUpAtMs: 60_000 }, { answersAfterMs: 5_000 });
    expect(seen).to.deep.equal(['ringing_desk 0']);
    expect(callbacks.live[0]).to.have.nested.property('callback.inboundId', inboundId);
    await done;
    off();
    const stages = seen.map((one) => one.split(' ')[0]);
    expect(stages).to.deep.equal(['ringing_desk', 'waiting', 'ringing', 'answered', 'connected', '']);
    expect(seen.slice(1, 4)).to.deep.equal(['waiting 1000', 'ringing 1000', 'answered 6000']);
    expect(callbacks.live).to.deep.equal([]);
  });

  it('stops the dialer from calling the participant meanwhile', async () => {
    room.telephony.script('desk21', { answersAfterMs: 0, hangsUpAtMs: 25_000 });
    room.telephony.script(mobile(1), RINGS_OUT, { answersAfterMs: 0 }, RINGS_OUT);
    await room.actions.start(action.id);
    await room.clock.advance(1_000);
    room.callbacks.callBack(missed());
    await room.clock.advance(1_000);
    expect(room.attempts(action).map(({ outcome, reason }) => [outcome, reason])).to.deep.equal([
      ['cancelled', 'the participant is called back'],
    ]);
    await room.clock.advance(23_000);
    expect(room.telephony.callsTo(mobile(1)), 'the alert and the callback').to.have.length(2);
    await room.clock.advance(10_000);
    expect(room.telephony.callsTo(mobile(1))).to.have.length(3);
    await room.actions.close(action.id, { result: 'found' });
    await room.calledOut(action);
  });

  describe('within the limits of the trunk', () => {
    it('takes a line reserved for tips, and none of the dialer', async () => {
      room.close();
      await open({ lines: 4, tipLines: 1, cps: 1_000 });
      for (let n = 2; n < 12; n++) room.person(n);
      room.telephony.script('desk21', { answersAfterMs: 0, hangsUpAtMs: 10_000 });
      room.telephony.script(mobile(1), RINGS_OUT);
      const inboundId = missed();
      await room.actions.start(action.id);
      await room.clock.advance(500);
      expect(room.lines.outbound).to.equal(3);
      room.callbacks.callBack(inboundId);
      await room.clock.advance(1_000);
      expect([room.lines.outbound, room.lines.callbacks, room.lines.inbound]).to.deep.equal([3, 1, 0]);
      expect(room.app.services.gauges().lines, 'a callback goes out').to.include({ outbound: 4, inbound: 0 });
      expect(room.telephony.mostOnTrunk).to.equal(4);
      await room.actions.close(action.id, { result: 'found' });
      await room.clock.advance(40_000);
      expect(room.telephony.mostOnTrunk).to.equal(4);
    });

    it('waits when all lines are taken, and gets the next one before the dialer does', async () => {
      room.close();
      await open({ lines: 3, tipLines: 0, cps: 1_000 });
      for (let n = 2; n < 30; n++) room.person(n);
      room.telephony.script('desk21', { answersAfterMs: 0, hangsUpAtMs: 40_000 });
      room.telephony.otherwise = { answersAfterMs: 0, hangsUpAtMs: 5_000 };
      const inboundId = missed();
      await room.actions.start(action.id);
      await room.clock.advance(200);
      room.callbacks.callBack(inboundId);
      const isPlaced = (): boolean => room.telephony.placed.some(({ order }) => /-c\d+-participant$/.test(order.id));
      await room.clock.advance(2_000);
      expect(isPlaced()).to.equal(false);
      await room.clock.advance(5_000);
      expect(isPlaced()).to.equal(true);
      expect(room.telephony.mostOnTrunk).to.equal(3);
      await room.actions.close(action.id, { result: 'found' });
      await room.clock.advance(60_000);
    });

    it('ends as congestion when no line is free for 30 s', async () => {
      room.close();
      await open({ lines: 1, tipLines: 0, cps: 1_000 });
      const caller = room.lines.takeInbound();
      const done = await callBack(missed(), { answersAfterMs: 0 });
      expect(done.result).to.equal('congestion');
      expect(done.endedAt! - done.requestedAt).to.be.within(30_000, 34_000);
      caller.release();
    });

    it('stops waiting for a line when the centralist hangs up', async () => {
      room.close();
      await open({ lines: 1, tipLines: 0, cps: 1_000 });
      const caller = room.lines.takeInbound();
      const done = await callBack(missed(), { answersAfterMs: 0, hangsUpAtMs: 4_000 });
      expect(done.result).to.equal('hung_up');
      expect(done.endedAt! - done.requestedAt).to.be.within(4_000, 4_100);
      caller.release();
    });

    it('never exceeds the start rate, while the dialer is at its full rate', async () => {
      room.close();
      await open({ lines: 200, tipLines: 10, cps: 8 });
      for (let n = 2; n < 120; n++) room.person(n);
      room.telephony.otherwise = { answersAfterMs: 3_000, hangsUpAtMs: 4_000 };
      const colleagues = await Promise.all(
        Array.from({ length: 5 }, (_, n) => room.centralists.add({ name: `Desk ${n}`, extension: `3${n}` })),
      );
      for (const { centralist } of colleagues)
        room.telephony.script(centralist.sipUsername, { answersAfterMs: 300, hangsUpAtMs: 9_000 });
      await room.actions.start(action.id);
      // Each callback has its own telephone, because two calls to one telephone are made one after the other.
      const inbound = colleagues.map((_, n) => missed({ participantId: room.person(201 + n).id }, mobile(201 + n)));
      await room.clock.advance(2_000);
      inbound.forEach((id, n) => room.callbacks.callBack(id, colleagues[n]!.centralist.id));
      await room.calledOut(action);
      await room.clock.advance(60_000);
      const starts = room.telephony.placed.filter(({ order }) => order.to.type === 'trunk').map(({ at }) => at);
      expect(starts.length).to.be.at.least(120 + 4);
      expect(
        mostStarts(
          starts.toSorted((a, b) => a - b),
          1_000,
        ),
      ).to.be.at.most(8);
      const made = room.telephony.placed.filter(({ order }) => /-participant$/.test(order.id)).map(({ at }) => at);
      expect(made).to.have.length(5);
      const asked = room.stores.callbacks.list({})[0]!.requestedAt - room.clock.now() + room.clock.monotonic();
      expect(Math.max(...made) - asked).to.be.below(300 + 5 * 130 + 200);
    });
  });

  describe('when nothing can be stored', () => {
    it('goes on, logs that once, and stores every step later with its own time', async () => {
      room.telephony.script('desk21', { ...TAKES, hangsUpAtMs: 60_000 });
      room.telephony.script(mobile(1), { answersAfterMs: 5_000 });
      const inboundId = missed();
      const { id, requestedAt } = room.callbacks.callBack(inboundId);
      room.diskWorks = false;
      await room.clock.advance(30_000);
      expect(room.telephony.conversations).to.have.length(1);
      await room.clock.advance(60_000);
      expect(room.telephony.live).to.equal(0);
      expect(room.stores.callbacks.get(id)).to.include({ deskAnsweredAt: null, result: null });
      expect(room.callbacks.liveCalls, 'until it is stored').to.equal(1);
      expect(room.log.said('error').filter((message) => message.startsWith('callback'))).to.have.length(1);
      room.diskWorks = true;
      await room.clock.advance(2_000);
      const stored = room.stores.callbacks.get(id)!;
      expect(stored.result).to.equal('connected');
      const times = [stored.deskAnsweredAt, stored.answeredAt, stored.endedAt].map((at) => at! - requestedAt);
      expect(times.slice(0, 2)).to.deep.equal([1_000, 6_000]);
      expect(times[2]).to.be.within(61_000, 61_100);
      const [tip, ...more] = room.stores.tips.list({ inboundId });
      expect(tip?.createdAt).to.be.within(requestedAt + 6_000, requestedAt + 10_000);
      expect(more).to.deep.equal([]);
      expect(stages()).to.deep.equal(['ringing_desk', 'ringing', 'connected', 'ended']);
    });

    it('is not started', () => {
      const inboundId = missed();
      room.diskWorks = false;
      expect(problem(() => room.callbacks.callBack(inboundId)).code).to.equal('unavailable');
      room.diskWorks = true;
      expect(room.telephony.placed).to.deep.equal([]);
    });
  });

  describe('after a restart', () => {
    const survivingLeg = (id: number, leg: 'desk' | 'participant', answered = true) => ({
      id: room.ids.ofCallback(id, leg),
      rang: true,
      answered,
      steps: [],
      soundId: undefined,
      farEnd: { hangsUpAtMs: 20_000 },
    });

    it('goes on when both are talking', async () => {
      room.telephony.script('desk21', TAKES);
      room.telephony.script(mobile(1), { answersAfterMs: 1_000 });
      const { id } = room.callbacks.callBack(missed());
      await room.clock.advance(30_000);
      expect(room.telephony.conversations).to.have.length(1);
      const [desk, participant] = [survivingLeg(id, 'desk'), survivingLeg(id, 'participant')];
      const survivingConversations = [{ a: desk.id, b: participant.id }];
      room = await room.restart({ survivingOutgoing: [desk, participant], survivingConversations });
      await room.clock.advance(10);
      expect(room.telephony.orphans).to.deep.equal([]);
      expect(room.softphones.engagements(room.centralist.id)).to.deep.equal(['callback']);
      expect([room.lines.callbacks, room.lines.inbound]).to.deep.equal([1, 0]);
      expect(room.stores.callbacks.get(id)?.result).to.equal(null);
      await room.clock.advance(21_000);
      expect(room.stores.callbacks.get(id)).to.include({ result: 'connected' });
    });

    it('stops the dialer from calling the participant while it goes on', async () => {
      room.telephony.script('desk21', TAKES);
      room.telephony.script(mobile(1), RINGS_OUT, { answersAfterMs: 1_000 });
      await room.actions.start(action.id);
      await room.clock.advance(1_000);
      const { id } = room.callbacks.callBack(missed());
      await room.clock.advance(30_000);
      const survivingOutgoing = [survivingLeg(id, 'desk'), survivingLeg(id, 'participant')];
      const survivingConversations = [{ a: survivingOutgoing[0]!.id, b: survivingOutgoing[1]!.id }];
      room = await room.restart({ survivingOutgoing, survivingConversations });
      await room.clock.advance(19_000);
      expect(room.telephony.placed).to.deep.equal([]);
      await room.clock.advance(5_000);
      expect(room.telephony.callsTo(mobile(1))).to.have.length(1);
      await room.actions.close(action.id, { result: 'found' });
      await room.calledOut(action);
    });

    it('is interrupted when the participant had not answered, and both telephones stop', async () => {
      room.telephony.script('desk21', TAKES);
      room.telephony.script(mobile(1), RINGS_OUT);
      const { id } = room.callbacks.callBack(missed());
      await room.clock.advance(10_000);
      const survivingOutgoing = [survivingLeg(id, 'desk'), survivingLeg(id, 'participant', false)];
      room = await room.restart({ survivingOutgoing });
      expect(room.telephony.orphans).to.have.members(survivingOutgoing.map((call) => call.id));
      expect(room.stores.callbacks.get(id)?.result).to.equal('interrupted');
    });

    it('is connected, and a tip, when both talked and hung up meanwhile', async () => {
      room.telephony.script('desk21', TAKES);
      room.telephony.script(mobile(1), { answersAfterMs: 1_000 });
      const inboundId = missed();
      const { id } = room.callbacks.callBack(inboundId);
      await room.clock.advance(30_000);
      // The process died before it could store the tip.
      room.database.sqlite.exec('delete from tip');
      room = await room.restart();
      expect(room.stores.callbacks.get(id)?.result).to.equal('connected');
      expect(room.stores.tips.list({ inboundId })).to.have.length(1);
    });
  });
});
