import { expect } from 'chai';
import sinon from 'sinon';
import type { OfflineRecording } from '../../../src/ports/telephony.js';
import { addPerson, mobile } from '../../adapters/sqlite/support/fixtures.js';
import type { ControlRoom } from '../../support/control-room.js';
import { reachedRoom, rowOf, eventsOf } from '../../support/tip-calls.js';
import type { Action } from '../../../src/domain/action.js';

describe('tips recorded while the service was down', () => {
  let room: ControlRoom;
  let action: Action;
  let count: number;

  beforeEach(async () => {
    ({ room, action } = await reachedRoom(1));
    // Everybody was reached before the first caller rings.
    await room.clock.advance(60_000);
    count = 0;
  });

  afterEach(() => {
    room.tipLine.offlineRecordings.close();
    room.close();
  });

  /** Adds a recording of a caller who rang half a minute ago. */
  const recordedOffline = (from: string | undefined, more: Partial<OfflineRecording> = {}): OfflineRecording => {
    const now = room.clock.now();
    const recording = {
      callId: `offline-${++count}`,
      from,
      withheld: false,
      receivedAt: now - 30_000,
      endedAt: now - 5_000,
      name: `offline-name-${count}`,
      ms: 12_340,
      ...more,
    };
    room.telephony.recordedOffline = [...room.telephony.recordedOffline, recording];
    return recording;
  };
  const storeAll = (): Promise<void> => room.clock.finish(room.tipLine.offlineRecordings.storeAll());
  const row = (recording: OfflineRecording) => rowOf(room, { id: recording.callId });

  it('become tips of the action in which the caller was reached, with what is known of the call', async () => {
    const recording = recordedOffline('0612340001');
    await storeAll();
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
      file: 'offline-name-1.wav',
      seconds: 12.3,
    });
    const [tip] = room.stores.tips.list({ actionId: action.id });
    expect(tip).to.include({ type: 'recording', inboundId: id, recordingId, participantId });
    expect(eventsOf(room, { id: recording.callId })).to.deep.equal(['received', 'ended recorded']);
  });

  it('are asked for once, because stored ones are reported as known, also after a restart', async () => {
    const [first, second] = [recordedOffline('0612340001'), recordedOffline('0612340001')];
    await storeAll();
    const there = room.telephony.recordedOffline;
    room = await room.restart();
    room.telephony.recordedOffline = there;
    const third = recordedOffline('0612340001');
    const asked = sinon.spy(room.telephony, 'offlineRecordings');
    await storeAll();
    await storeAll();
    const given = await Promise.all(asked.returnValues);
    expect(given.map((found) => found.map(({ callId }) => callId))).to.deep.equal([[third.callId], []]);
    expect([first, second, third].map((one) => row(one).result)).to.deep.equal(Array(3).fill('recorded'));
  });

  it('notify the listener once, when they are stored', async () => {
    let calledBack = 0;
    const off = room.tipLine.offlineRecordings.onStored(() => calledBack++);
    recordedOffline('0699999999');
    await storeAll();
    await storeAll();
    expect(calledBack).to.equal(1);
    off();
    recordedOffline('0699999999');
    await storeAll();
    expect(calledBack).to.equal(1);
  });

  it('are stored once, however often they are found, also after a restart', async () => {
    recordedOffline('0612340001');
    await storeAll();
    await storeAll();
    const there = room.telephony.recordedOffline;
    room = await room.restart();
    room.telephony.recordedOffline = there;
    await storeAll();
    expect(room.stores.inbound.list({})).to.have.length(1);
    expect(room.stores.tips.list({})).to.have.length(1);
  });

  it('are looked for at the start and every 5 s until closed', async () => {
    const first = recordedOffline('0612340001');
    const { offlineRecordings } = room.tipLine;
    await room.clock.finish(offlineRecordings.start());
    expect(row(first).result).to.equal('recorded');
    const second = recordedOffline('0612340001');
    await room.clock.advance(5_000);
    expect(row(second).result).to.equal('recorded');
    offlineRecordings.close();
    const pending = room.clock.pending;
    recordedOffline('0612340001');
    await room.clock.advance(20_000);
    expect(room.stores.inbound.list({})).to.have.length(2);
    expect(room.clock.pending).to.be.at.most(pending);
  });

  it('become tips of a participant who was called but not reached, with that reason', async () => {
    room.telephony.otherwise = {};
    addPerson(room.stores, [mobile(7)], ['8260']);
    const other = await room.running({ area: { postcodes: ['8260'] } });
    await room.clock.advance(60_000);
    const recording = recordedOffline('0612340007');
    await storeAll();
    expect(row(recording)).to.include({ actionId: other.id, reason: 'not_reached', result: 'recorded' });
    expect(room.stores.tips.list({ actionId: other.id })).to.have.length(1);
  });

  it('become tips of an action that had just ended when the caller rang', async () => {
    await room.clock.finish(room.actions.close(action.id, { result: 'found' }));
    await room.calledOut(action);
    const rang = room.clock.now();
    await room.clock.advance(35 * 60_000);
    const recording = recordedOffline('0612340001', { receivedAt: rang, endedAt: rang + 20_000 });
    await storeAll();
    expect(row(recording)).to.include({ actionId: action.id, reason: 'just_closed' });
  });

  it('become tips of the newest of several actions', async () => {
    const newest = await room.running();
    await room.calledOut(newest);
    await room.clock.advance(60_000);
    const recording = recordedOffline('0612340001');
    await storeAll();
    expect(row(recording)).to.include({ actionId: newest.id, reason: 'reached_several' });
  });

  it('are not tips of an action that started, or reached the caller, only after the call', async () => {
    const recording = recordedOffline('0612340001');
    const newer = await room.running();
    await room.calledOut(newer);
    await storeAll();
    expect(row(recording)).to.include({ actionId: action.id, reason: 'reached' });
    expect(room.stores.tips.list({ actionId: newer.id })).to.deep.equal([]);
  });

  it('are tips of an action that was open when the caller rang, although it is closed now', async () => {
    const recording = recordedOffline('0612340001');
    await room.clock.finish(room.actions.close(action.id, { result: 'found' }));
    await room.calledOut(action);
    await storeAll();
    expect(row(recording)).to.include({ actionId: action.id, reason: 'reached' });
  });

  it('are tips of an action whose message the caller confirmed earlier, although that was stored later', async () => {
    room.telephony.script(mobile(1), {});
    const newer = await room.running();
    await room.clock.advance(60_000);
    const recording = recordedOffline('0612340001');
    const [person] = room.stores.participants.byPhone(mobile(1));
    room.actions.confirmed({
      actionId: newer.id,
      participantId: person!.id,
      phone: mobile(1),
      purpose: 'alert',
      number: 1,
      heardVersion: 1,
      at: recording.receivedAt - 20_000,
    });
    await storeAll();
    expect(row(recording)).to.include({ actionId: newer.id, reason: 'reached_several' });
  });

  for (const [who, from, more] of [
    ['a stranger', '0699999999', {}],
    ['a caller who withheld the number', undefined, { withheld: true }],
    ['a caller without a caller ID', undefined, {}],
    ['a participant in no action', '0612340009', {}],
  ] as const) {
    it(`of ${who} are stored with the call, without an action`, async () => {
      const person = addPerson(room.stores, [mobile(9)], ['9999XX']);
      const recording = recordedOffline(from, more);
      await storeAll();
      expect(row(recording)).to.include({ result: 'recorded', reason: 'controller_down', actionId: null });
      expect(row(recording).participantId).to.equal(from === '0612340009' ? person.id : null);
      expect(row(recording).recordingId).not.to.equal(null);
      expect(room.stores.tips.list({})).to.deep.equal([]);
    });
  }

  it('become calls without a tip when nothing was said', async () => {
    const recording = recordedOffline('0612340001', { ms: 300 });
    await storeAll();
    expect(row(recording)).to.include({ result: 'abandoned', reason: 'reached', recordingId: null });
    expect(room.stores.tips.list({})).to.deep.equal([]);
  });

  it('are stored whole later when they cannot be stored now', async () => {
    const recording = recordedOffline('0612340001');
    room.diskWorks = false;
    await storeAll();
    expect(room.stores.inbound.list({})).to.deep.equal([]);
    expect(room.log.said('error')).to.include('offline recordings could not be stored; trying again');
    room.diskWorks = true;
    await storeAll();
    expect(row(recording).recordingId).not.to.equal(null);
  });
});
