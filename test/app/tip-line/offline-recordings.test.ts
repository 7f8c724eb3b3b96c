import { expect } from 'chai';
import sinon from 'sinon';
import type { OfflineRecording } from '../../../src/ports/telephony.js';
import { addPerson, mobile } from '../../adapters/sqlite/support/fixtures.js';
import type { ControlRoom } from '../../support/control-room.js';
import { reachedRoom, rowOf, toldOf } from '../../support/tip-room.js';
import type { Action } from '../../../src/domain/action.js';

describe('tips that were recorded while the service was down', () => {
  let room: ControlRoom;
  let action: Action;
  let count: number;

  beforeEach(async () => {
    ({ room, action } = await reachedRoom(1));
    count = 0;
  });

  afterEach(() => {
    room.tipLine.offlineRecordings.close();
    room.close();
  });

  /** One that is there from now on, of somebody who rang half a minute ago. */
  const left = (from: string | undefined, more: Partial<OfflineRecording> = {}): OfflineRecording => {
    const now = room.clock.now();
    const recording = {
      callId: `left-${++count}`,
      from,
      withheld: false,
      receivedAt: now - 30_000,
      endedAt: now - 5_000,
      name: `left-name-${count}`,
      ms: 12_340,
      ...more,
    };
    room.telephony.leftRecordingsThere = [...room.telephony.leftRecordingsThere, recording];
    return recording;
  };
  const takeIn = (): Promise<void> => room.clock.finish(room.tipLine.offlineRecordings.takeIn());
  const row = (recording: OfflineRecording) => rowOf(room, { id: recording.callId });

  it('become tips of the action that their caller was reached in, with what was known of the call', async () => {
    const recording = left('0612340001');
    await takeIn();
    const { id, recordingId, participantId } = row(recording);
    expect(row(recording)).to.include({
      from: mobile(1),
      actionId: action.id,
      result: 'recorded',
      reason: 'reached',
      receivedAt: recording.receivedAt,
      endedAt: recording.endedAt,
      connectedAt: null,
    });
    expect(room.stores.recordings.get(recordingId!)).to.include({
      type: 'tip',
      file: 'left-name-1.wav',
      seconds: 12.3,
    });
    const [tip] = room.stores.tips.list({ actionId: action.id });
    expect(tip).to.include({ type: 'recording', inboundId: id, recordingId, participantId });
    expect(toldOf(room, { id: recording.callId })).to.deep.equal(['received', 'ended recorded']);
  });

  it('are asked for once: of those taken in the telephony is told that they are known, also after a restart', async () => {
    const [first, second] = [left('0612340001'), left('0612340001')];
    await takeIn();
    const there = room.telephony.leftRecordingsThere;
    room = await room.restart();
    room.telephony.leftRecordingsThere = there;
    const third = left('0612340001');
    const asked = sinon.spy(room.telephony, 'offlineRecordings');
    await takeIn();
    await takeIn();
    const given = await Promise.all(asked.returnValues);
    expect(given.map((found) => found.map(({ callId }) => callId))).to.deep.equal([[third.callId], []]);
    expect([first, second, third].map((one) => row(one).result)).to.deep.equal(Array(3).fill('recorded'));
  });

  it('are told of when they are taken in, once', async () => {
    let told = 0;
    const off = room.tipLine.offlineRecordings.onTakenIn(() => told++);
    left('0699999999');
    await takeIn();
    await takeIn();
    expect(told).to.equal(1);
    off();
    left('0699999999');
    await takeIn();
    expect(told).to.equal(1);
  });

  it('are taken in once, however often they are found, and after a restart', async () => {
    left('0612340001');
    await takeIn();
    await takeIn();
    const there = room.telephony.leftRecordingsThere;
    room = await room.restart();
    room.telephony.leftRecordingsThere = there;
    await takeIn();
    expect(room.stores.inbound.list({})).to.have.length(1);
    expect(room.stores.tips.list({})).to.have.length(1);
  });

  it('are looked for at the start and every 5 s, until it is closed', async () => {
    const first = left('0612340001');
    const { offlineRecordings: leftRecordings } = room.tipLine;
    await room.clock.finish(leftRecordings.start());
    expect(row(first).result).to.equal('recorded');
    const second = left('0612340001');
    await room.clock.advance(5_000);
    expect(row(second).result).to.equal('recorded');
    leftRecordings.close();
    const pending = room.clock.pending;
    left('0612340001');
    await room.clock.advance(20_000);
    expect(room.stores.inbound.list({})).to.have.length(2);
    expect(room.clock.pending).to.be.at.most(pending);
  });

  it('of who was called and not reached are tips too, with that reason', async () => {
    room.telephony.otherwise = {};
    addPerson(room.stores, [mobile(7)], ['8260']);
    const other = await room.running({ area: { postcodes: ['8260'] } });
    const recording = left('0612340007');
    await takeIn();
    expect(row(recording)).to.include({ actionId: other.id, reason: 'not_reached', result: 'recorded' });
    expect(room.stores.tips.list({ actionId: other.id })).to.have.length(1);
  });

  it('of who was reached in an action that had just ended are its tips, as it was when they rang', async () => {
    await room.clock.finish(room.actions.close(action.id, { result: 'found' }));
    await room.calledOut(action);
    const rang = room.clock.now();
    await room.clock.advance(35 * 60_000);
    const recording = left('0612340001', { receivedAt: rang, endedAt: rang + 20_000 });
    await takeIn();
    expect(row(recording)).to.include({ actionId: action.id, reason: 'just_closed' });
  });

  it('of who was reached in several are tips of the newest', async () => {
    const newest = await room.running();
    await room.calledOut(newest);
    const recording = left('0612340001');
    await takeIn();
    expect(row(recording)).to.include({ actionId: newest.id, reason: 'reached_several' });
  });

  for (const [who, from, more] of [
    ['a stranger', '0699999999', {}],
    ['who withheld the number', undefined, { withheld: true }],
    ['who showed no number', undefined, {}],
    ['who is in no action', '0612340009', {}],
  ] as const) {
    it(`of ${who} are kept with the call, of no action`, async () => {
      const person = addPerson(room.stores, [mobile(9)], ['9999XX']);
      const recording = left(from, more);
      await takeIn();
      expect(row(recording)).to.include({ result: 'recorded', reason: 'controller_down', actionId: null });
      expect(row(recording).participantId).to.equal(from === '0612340009' ? person.id : null);
      expect(row(recording).recordingId).not.to.equal(null);
      expect(room.stores.tips.list({})).to.deep.equal([]);
    });
  }

  it('in which nothing was said are calls, and no tips', async () => {
    const recording = left('0612340001', { ms: 300 });
    await takeIn();
    expect(row(recording)).to.include({ result: 'abandoned', reason: 'reached', recordingId: null });
    expect(room.stores.tips.list({})).to.deep.equal([]);
  });

  it('are taken in later when they cannot be stored now, whole', async () => {
    const recording = left('0612340001');
    room.diskWorks = false;
    await takeIn();
    expect(room.stores.inbound.list({})).to.deep.equal([]);
    expect(room.log.said('error')).to.include('recordings that were left could not be taken in; trying again');
    room.diskWorks = true;
    await takeIn();
    expect(row(recording).recordingId).not.to.equal(null);
  });
});
