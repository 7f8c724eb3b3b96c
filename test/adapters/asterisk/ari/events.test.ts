import { expect } from 'chai';
import { channelOf, EVENT_TYPES, readEvent, type AriEvent } from '../../../../src/adapters/asterisk/ari/events.js';

describe('ARI events', () => {
  it('reads every type that the adapter handles', () => {
    for (const type of EVENT_TYPES) expect(readEvent({ type, channel: { id: 'a' } })).to.have.property('type', type);
  });

  it('ignores other types, and messages that are not events', () => {
    for (const odd of [{ type: 'ChannelVarset' }, { type: 3 }, { kind: 'Dial' }, [], null, undefined, 'Dial', 7]) {
      expect(readEvent(odd)).to.equal(undefined);
    }
  });

  it('tells which call an event is about', () => {
    const channel = { id: 'a', name: 'PJSIP/x', state: 'Up', caller: { number: '', name: '' } };
    const playback = { id: 'a-p1', state: 'done', target_uri: 'channel:a' };
    const recording = { name: 'tip-1', state: 'done', target_uri: 'channel:a' };
    const events: AriEvent[] = [
      { type: 'StasisStart', channel, args: [] },
      { type: 'StasisEnd', channel },
      { type: 'ChannelDestroyed', channel, cause: 16, timestamp: '2026-11-24T02:00:00.000+0000' },
      { type: 'ChannelUserevent', channel, eventname: 'confirmed' },
      { type: 'ChannelDtmfReceived', channel, digit: '1', duration_ms: 100, timestamp: '2026-11-24T02:00:00.000+0000' },
      { type: 'Dial', peer: channel, dialstatus: 'RINGING' },
      { type: 'PlaybackFinished', playback },
      { type: 'RecordingFinished', recording },
      { type: 'RecordingFailed', recording },
      {
        type: 'ChannelTransfer',
        timestamp: '2026-01-01T12:00:00.000+0000',
        refer_to: { requested_destination: { destination: '202' } },
        referred_by: { source_channel: channel },
      },
    ];
    const ofEndpoints = ['PeerStatusChange', 'ContactStatusChange'] as const;
    expect([...events.map(({ type }) => type), ...ofEndpoints]).to.have.members(EVENT_TYPES);
    for (const type of ofEndpoints) expect(channelOf({ type, endpoint: { resource: 'desk-201' } })).to.equal(undefined);
    for (const event of events) expect(channelOf(event), event.type).to.equal('a');
  });
});
