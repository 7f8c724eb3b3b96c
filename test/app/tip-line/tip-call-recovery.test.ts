import { expect } from 'chai';
import type { Action } from '../../../src/domain/action.js';
import { recover } from '../../../src/app/recovery.js';
import type { CallId } from '../../../src/ports/call.js';
import type { SurvivingCall } from '../../support/fake-telephony.js';
import { addPerson, calleesOf, mobile } from '../../adapters/sqlite/support/fixtures.js';
import type { ControlRoom, RoomOptions } from '../../support/control-room.js';
import type { FakeCall } from '../../support/fake-call.js';
import type { FarEnd } from '../../support/far-end.js';
import { reachedRoom, rings, rowOf, eventsOf, words } from '../../support/tip-calls.js';

const STAYS: FarEnd = { answersAfterMs: 1_000 };

describe('a caller of the tip line after the service was killed', () => {
  let room: ControlRoom;
  let action: Action;

  const open = async (options: RoomOptions = {}): Promise<void> => {
    ({ room, action } = await reachedRoom(3, options));
    room.telephony.script('desk21', STAYS);
  };
  const survivingCaller = (call: FakeCall, farEnd: FarEnd = {}) => ({
    id: call.id,
    answered: call.answeredAt !== undefined,
    from: room.stores.inbound.byCallId(call.id)?.from ?? undefined,
    withheld: false,
    source: undefined,
    farEnd,
  });
  const survivingLeg = (extension: string, answered: boolean, farEnd: FarEnd = {}): SurvivingCall => ({
    id: room.telephony.callsTo(`desk${extension}`).at(-1)!.order.id,
    rang: true,
    answered,
    steps: [],
    soundId: undefined,
    farEnd,
  });
  const tipName = (id: number): string => `tip-${room.stores.instanceId}-${id}`;
  const talkName = (id: number): string => `talk-${room.stores.instanceId}-${id}`;
  const row = (call: FakeCall) => rowOf(room, call);
  /** The calls that the new process placed itself. */
  const placedAnew = (id: CallId, name = 'desk21') =>
    room.telephony.placed.filter((one) => one.to === name && one.order.id !== id);

  beforeEach(() => open());

  afterEach(async () => {
    await room.clock.advance(5_000);
    expect(room.inbound.liveCalls).to.equal(0);
    expect(room.lines.inbound).to.equal(0);
    expect(room.stores.inbound.open()).to.deep.equal([]);
    expect(room.stores.centralists.all().filter(({ id }) => room.softphones.isEngaged(id))).to.deep.equal([]);
    room.close();
  });

  it('keeps waiting in order of arrival, and is served', async () => {
    const callers = [1, 2, 3].map((n) => rings(room, n));
    await room.clock.advance(5_000);
    const ids = callers.map((call) => row(call).id);
    // The first caller is talking; the others are waiting.
    const [first, second, third] = callers;
    const conversation = { a: first!.id, b: survivingLeg('21', true).id };
    const before = room;
    room = await room.restart({
      scripts: { desk21: { answersAfterMs: 1_000, hangsUpAtMs: 10_000 } },
      survivingOutgoing: [survivingLeg('21', true, { hangsUpAtMs: 20_000 })],
      survivingCallers: [survivingCaller(third!), survivingCaller(first!), survivingCaller(second!)],
      survivingConversations: [conversation],
    });
    await room.clock.advance(1_000);
    expect(room.tipLine.queue.waiting().map(({ inboundId, place }) => [inboundId, place])).to.deep.equal([
      [ids[1], 1],
      [ids[2], 2],
    ]);
    expect(room.softphones.isEngaged(room.centralist.id), 'the centralist in conversation is engaged').to.equal(true);
    await room.clock.advance(60_000);
    expect(ids.map((id) => room.stores.inbound.get(id)!.result)).to.deep.equal(['connected', 'connected', 'connected']);
    expect(room.stores.inbound.list({})).to.have.length(3);
    const connected = ids.map((id) => room.stores.inbound.get(id)!.connectedAt!);
    expect(connected).to.deep.equal(connected.toSorted((a, b) => a - b));
    expect(before.telephony.callsTo('desk21')).to.have.length(1);
  });

  it('is not recovered as an old call when they ring while the service starts', async () => {
    room = await room.restart({ scripts: { desk21: { answersAfterMs: 1_000, hangsUpAtMs: 10_000 } } });
    const call = rings(room, 1);
    await room.clock.advance(500);
    await recover({ ...room });
    expect(row(call).result).to.equal(null);
    await room.clock.finish(call.ended);
    await room.clock.advance(100);
    expect(row(call)).to.include({ result: 'connected', reason: 'reached' });
    expect(room.telephony.callsTo('desk21')).to.have.length(1);
  });

  it('gets a new ringing softphone only after the old ringing has stopped', async () => {
    room.telephony.script('desk21', {});
    const call = rings(room, 1);
    await room.clock.advance(5_000);
    const leg = survivingLeg('21', false);
    room = await room.restart({
      scripts: { desk21: { answersAfterMs: 1_000, hangsUpAtMs: 5_000 } },
      survivingOutgoing: [leg],
      survivingCallers: [survivingCaller(call)],
    });
    expect(room.telephony.orphans).to.deep.equal([leg.id]);
    expect(room.telephony.answeredElsewhere, 'the softphone is rung again, so it shows no missed call').to.deep.equal([
      leg.id,
    ]);
    await room.clock.advance(10_000);
    expect(placedAnew(leg.id)).to.have.length(1);
    expect(row(call).result).to.equal('connected');
  });

  it('is a missed call on the softphone when they hung up meanwhile', async () => {
    room.telephony.script('desk21', {});
    rings(room, 1);
    await room.clock.advance(5_000);
    const leg = survivingLeg('21', false);
    room = await room.restart({ survivingOutgoing: [leg] });
    expect(room.telephony.orphans).to.deep.equal([leg.id]);
    expect(room.telephony.answeredElsewhere).to.deep.equal([]);
  });

  it('hears the message again, and is not called meanwhile', async () => {
    addPerson(room.stores, [mobile(7)], ['8260']);
    room.telephony.otherwise = {};
    const other = await room.running({ area: { postcodes: ['8260'] } });
    await room.clock.advance(5_000);
    const call = rings(room, 7);
    await room.clock.advance(5_000);
    const caller = survivingCaller(call, { hangsUpAtMs: 15_000 });
    room = await room.restart({ survivingCallers: [caller], otherwise: {} });
    await room.clock.advance(14_000);
    expect(room.telephony.callsTo(mobile(7))).to.deep.equal([]);
    await room.clock.advance(2_000);
    expect(row(call)).to.include({ reason: 'not_reached', actionId: other.id, result: 'abandoned' });
    expect(room.stores.actions.callee(other.id, row(call).participantId!)!.reachedAt).not.to.equal(null);
  });

  it('chooses an action again', async () => {
    const newer = await room.running({ title: 'Nieuwste' });
    await room.calledOut(newer);
    const call = rings(room, 1);
    await room.clock.advance(5_000);
    expect(row(call).actionId).to.equal(null);
    room = await room.restart({
      scripts: { desk21: { answersAfterMs: 1_000, hangsUpAtMs: 5_000 } },
      survivingCallers: [survivingCaller(call, { presses: [{ digit: '2', atMs: 3_000 }] })],
    });
    await room.clock.advance(30_000);
    expect(row(call)).to.include({ actionId: action.id, reason: 'reached_several', result: 'connected' });
  });

  it('does not have to key their code again', async () => {
    const { participantId } = calleesOf(room.stores, action.id)[0]!;
    const presses = [...room.tipLine.codes.of(participantId)].map((digit, n) => ({
      digit: digit as '1',
      atMs: 500 + n * 100,
    }));
    room.telephony.script('desk21', {});
    const call = room.telephony.ringUs(undefined, { presses }, { withheld: true });
    await room.clock.advance(6_000);
    room = await room.restart({
      scripts: { desk21: { answersAfterMs: 1_000, hangsUpAtMs: 5_000 } },
      survivingCallers: [{ ...survivingCaller(call), withheld: true }],
    });
    await room.clock.advance(30_000);
    expect(row(call)).to.include({ participantId, from: null, reason: 'reached', result: 'connected' });
  });

  it('hears again that they are in no action, without keying the code again', async () => {
    const person = addPerson(room.stores, [mobile(7)], ['8260']);
    room.telephony.otherwise = {};
    const other = await room.running({ area: { postcodes: ['8260'] } });
    await room.clock.finish(room.actions.close(other.id, { result: 'found' }));
    await room.calledOut(other);
    const code = room.tipLine.codes.of(person.id);
    const presses = [...code].map((digit, n) => ({ digit: digit as '1', atMs: 500 + n * 100 }));
    const call = room.telephony.ringUs(undefined, { presses }, { withheld: true });
    await room.clock.advance(3_000);
    expect(row(call)).to.include({ reason: 'not_selected', participantId: person.id, from: null });
    room = await room.restart({ survivingCallers: [{ ...survivingCaller(call), withheld: true }] });
    await room.clock.advance(60_000);
    expect(words(room.telephony.takenOverCallers[0]!)).to.equal('tip-not-selected tip-code-offer');
    expect(row(call)).to.include({ reason: 'not_selected', result: 'refused' });
  });

  it('is asked for their code again when they had not keyed it', async () => {
    const call = room.telephony.ringUs(undefined, {}, { withheld: true });
    await room.clock.advance(6_000);
    room = await room.restart({ survivingCallers: [{ ...survivingCaller(call), withheld: true }] });
    await room.clock.advance(60_000);
    expect(row(call)).to.include({ reason: 'withheld', result: 'refused' });
  });

  describe('in a transfer', () => {
    const transferred = async (): Promise<FakeCall> => {
      room.addCentralist('31', {});
      const call = rings(room, 1);
      await room.clock.advance(5_000);
      void room.inbound.transfer(row(call).id, { centralistId: room.softphones.ofExtension('31')!.id });
      await room.clock.advance(5_000);
      return call;
    };

    it('keeps waiting: the centralist who transferred is rung first, then the others', async () => {
      const call = await transferred();
      const legs = [survivingLeg('21', true), survivingLeg('31', false)];
      room = await room.restart({
        scripts: { desk21: {}, desk31: { answersAfterMs: 1_000, hangsUpAtMs: 5_000 } },
        survivingOutgoing: legs,
        survivingCallers: [survivingCaller(call)],
      });
      expect(room.telephony.orphans).to.have.members(legs.map(({ id }) => id));
      await room.clock.advance(40_000);
      expect(room.telephony.placed.filter(({ order }) => order.to.type === 'desk').map(({ to }) => to)).to.deep.equal([
        'desk21',
        'desk31',
      ]);
      expect(row(call)).to.include({ result: 'connected', centralistId: room.softphones.ofExtension('31')!.id });
      expect(eventsOf(room, call).slice(-2)).to.deep.equal(['connected', 'ended connected']);
    });

    it('counts as connected when they hung up meanwhile', async () => {
      const call = await transferred();
      room = await room.restart();
      expect(row(call).result).to.equal('connected');
    });
  });

  it('is hung up when the centralist hung up meanwhile', async () => {
    const call = rings(room, 1);
    await room.clock.advance(10_000);
    expect(row(call).connectedAt).not.to.equal(null);
    room = await room.restart({ survivingCallers: [survivingCaller(call)] });
    await room.clock.advance(1_000);
    expect(row(call).result).to.equal('connected');
    expect(room.telephony.placed).to.deep.equal([]);
  });

  describe('in a conversation that goes on', () => {
    const talkingOn = async (
      options: RoomOptions = {},
      farEnd: FarEnd = { hangsUpAtMs: 20_000 },
    ): Promise<FakeCall> => {
      const call = rings(room, 1);
      await room.clock.advance(20_000);
      const leg = survivingLeg('21', true);
      room = await room.restart({
        survivingOutgoing: [leg],
        survivingCallers: [survivingCaller(call, farEnd)],
        survivingConversations: [{ a: call.id, b: leg.id }],
        ...options,
      });
      return call;
    };

    it('can be transferred by the new process', async () => {
      const call = await talkingOn({ scripts: { desk31: STAYS } });
      const colleague = room.addCentralist('31', STAYS);
      const [leg] = room.telephony.takenOverOutgoing.filter(({ to }) => to === 'desk21');
      const going = room.inbound.transfer(leg!.order.id, { centralistId: colleague.id });
      expect(await room.clock.finish(going)).to.equal('done');
      await room.clock.advance(20_000);
      expect(row(call)).to.include({ result: 'connected', centralistId: colleague.id });
    });

    it('has one tip, as before', async () => {
      await talkingOn();
      await room.clock.advance(30_000);
      expect(room.stores.tips.list({})).to.have.length(1);
    });

    it('is a tip even when the process died before storing it', async () => {
      const call = rings(room, 1);
      await room.clock.advance(900);
      room.diskWorks = false;
      await room.clock.advance(10_000);
      room.diskWorks = true;
      const leg = survivingLeg('21', true);
      expect(room.stores.tips.list({})).to.deep.equal([]);
      const before = room.clock.now();
      room = await room.restart({
        survivingOutgoing: [leg],
        survivingCallers: [survivingCaller(call, { hangsUpAtMs: 20_000 })],
        survivingConversations: [{ a: call.id, b: leg.id }],
      });
      await room.clock.advance(30_000);
      expect(room.stores.tips.list({})).to.have.length(1);
      expect(row(call).connectedAt).to.be.at.least(before);
    });

    it('keeps its recording', async () => {
      room.close();
      await open({ recordsTalks: true });
      const call = await talkingOn({ recordsTalks: true });
      await room.clock.advance(30_000);
      const [tip] = room.stores.tips.list({});
      expect(tip!.recordingId).to.equal(row(call).recordingId);
      expect(room.stores.recordings.get(tip!.recordingId!)).to.include({
        type: 'conversation',
        file: `${talkName(row(call).id)}.wav`,
      });
    });

    it('goes on too with a colleague who had rung the centralist about the tip', async () => {
      const call = rings(room, 1);
      const colleague = room.addCentralist('31', STAYS);
      await room.clock.advance(20_000);
      const dialled = { id: 'dialled-9', answered: true, username: 'desk31', dialled: '21' };
      room = await room.restart({
        survivingCallers: [survivingCaller(call)],
        survivingDeskCalls: [{ ...dialled, farEnd: { hangsUpAtMs: 20_000 } }],
        survivingConversations: [{ a: call.id, b: dialled.id }],
      });
      await room.clock.advance(1_000);
      expect([row(call).result, room.softphones.isEngaged(colleague.id)]).to.deep.equal([null, true]);
      await room.clock.advance(20_000);
      expect([row(call).result, room.softphones.isEngaged(colleague.id)]).to.deep.equal(['connected', false]);
    });

    it('is over when there is no centralist to talk to', async () => {
      const call = rings(room, 1);
      await room.clock.advance(20_000);
      room = await room.restart({
        survivingCallers: [survivingCaller(call)],
        survivingConversations: [{ a: call.id, b: 'unknown-call' }],
      });
      await room.clock.advance(1_000);
      expect(row(call).result).to.equal('connected');
    });
  });

  describe('recording a tip', () => {
    const recording = async (): Promise<FakeCall> => {
      room.telephony.script('desk21', { refuses: { status: 486 } });
      const call = rings(room, 1, { speaksMs: 60_000 });
      await room.clock.advance(10_000);
      expect(call.steps.at(-1)).to.equal('speak');
      return call;
    };

    it('is thanked when the recording is over, and the tip is stored', async () => {
      const call = await recording();
      room = await room.restart({
        survivingCallers: [survivingCaller(call)],
        earlierRecordings: { [tipName(row(call).id)]: 14_000 },
      });
      await room.clock.advance(10_000);
      expect(row(call)).to.include({ result: 'recorded', reason: 'reached' });
      expect(room.stores.tips.list({})).to.have.length(1);
      expect(room.stores.recordings.get(row(call).recordingId!)).to.include({ type: 'tip', seconds: 14 });
    });

    it('is recorded until the silence that ends a recording, and thanked', async () => {
      const call = await recording();
      const name = tipName(row(call).id);
      const caller = survivingCaller(call, { speaksMs: 20_000 });
      room = await room.restart({
        survivingCallers: [caller],
        earlierRecordings: { [name]: 14_000 },
        runningRecordings: [name],
      });
      const [takenOver] = room.telephony.takenOverCallers;
      await room.clock.advance(29_000);
      expect(words(takenOver!)).to.equal('');
      await room.clock.advance(2_000);
      expect(words(takenOver!)).to.equal('tip-recorded');
      await room.clock.advance(10_000);
      expect(row(call)).to.include({ result: 'recorded', reason: 'reached' });
      expect(room.stores.tips.list({})).to.have.length(1);
      expect(room.stores.recordings.get(row(call).recordingId!)).to.include({ type: 'tip', seconds: 44 });
    });

    it('is recorded for at most three minutes from the start of the recording', async () => {
      const call = await recording();
      const name = tipName(row(call).id);
      await room.clock.advance(50_000);
      const { at } = room.stores.traces.of(call.id).findLast(({ step }) => step === 'speak')!;
      const caller = survivingCaller(call, { speaksMs: 600_000 });
      room = await room.restart({
        survivingCallers: [caller],
        earlierRecordings: { [name]: 55_000 },
        runningRecordings: [name],
      });
      const [takenOver] = room.telephony.takenOverCallers;
      await room.clock.advance(at + 179_000 - room.clock.now());
      expect(words(takenOver!)).to.equal('');
      await room.clock.advance(2_000);
      expect(words(takenOver!)).to.equal('tip-recorded');
    });

    it('has left one tip when they hang up', async () => {
      const call = await recording();
      const name = tipName(row(call).id);
      const caller = survivingCaller(call, { speaksMs: 20_000, hangsUpAtMs: 5_000 });
      room = await room.restart({
        survivingCallers: [caller],
        earlierRecordings: { [name]: 14_000 },
        runningRecordings: [name],
      });
      await room.clock.advance(10_000);
      expect(row(call)).to.include({ result: 'recorded', reason: 'reached' });
      expect(room.stores.tips.list({})).to.have.length(1);
    });

    it('is asked for the tip again when the recording had not begun', async () => {
      const call = await recording();
      const caller = survivingCaller(call, { speaksMs: 5_000 });
      room = await room.restart({ survivingCallers: [caller] });
      await room.clock.advance(60_000);
      expect(words(room.telephony.takenOverCallers[0]!)).to.equal('tip-record-chosen beep tip-recorded');
      expect(row(call)).to.include({ result: 'recorded', reason: 'reached' });
    });

    it('has left a tip when they hung up meanwhile', async () => {
      const call = await recording();
      room = await room.restart({ earlierRecordings: { [tipName(row(call).id)]: 9_000 } });
      expect(row(call)).to.include({ result: 'recorded', reason: 'reached' });
      expect(eventsOf(room, call).at(-1)).to.equal('ended recorded');
      expect(room.stores.tips.list({})).to.have.length(1);
    });

    it('has left no tip when nothing was said yet', async () => {
      const call = await recording();
      room = await room.restart({ earlierRecordings: { [tipName(row(call).id)]: 200 } });
      expect(row(call)).to.include({ result: 'abandoned', recordingId: null });
      expect(room.stores.tips.list({})).to.deep.equal([]);
    });
  });

  it('has the recording of a conversation that ended meanwhile', async () => {
    room.close();
    await open({ recordsTalks: true });
    const call = rings(room, 1);
    await room.clock.advance(20_000);
    room = await room.restart({ recordsTalks: true, earlierRecordings: { [talkName(row(call).id)]: 44_000 } });
    expect(row(call).result).to.equal('connected');
    const [tip] = room.stores.tips.list({});
    expect(room.stores.recordings.get(tip!.recordingId!)).to.include({ type: 'conversation', seconds: 44 });
  });

  it('is stored as abandoned when they hung up while waiting, and as refused when a stranger', async () => {
    room.telephony.script('desk21', {});
    const [call, stranger] = [rings(room, 1), room.telephony.ringUs('+31699999999')];
    await room.clock.advance(1_000);
    expect(words(call)).to.equal('tip-connecting');
    room = await room.restart();
    expect([row(call), row(stranger)].map(({ result, reason }) => [result, reason])).to.deep.equal([
      ['abandoned', 'reached'],
      ['refused', 'unknown'],
    ]);
    expect(eventsOf(room, call).at(-1)).to.equal('ended abandoned');
  });
});
