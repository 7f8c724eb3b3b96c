import type { Caller } from '../../../src/adapters/http/console/call-board.js';
import type { E164 } from '../../../src/domain/phone-number.js';
import type { InboundCall, Tip } from '../../../src/domain/tip.js';
import { NOON } from '../../support/fake-clock.js';
import { withAction, type Harness } from './harness.js';

/** Anna, a reached participant who now rings the tip line. */
export const CALLER: Caller = {
  participantId: 1,
  name: 'Anna Voorbeeld',
  phone: '+31612345601',
  postcodes: ['8251AB', '8254'],
  heard: { version: 1, plays: 2, seconds: 34, at: NOON - 5 * 60_000, listening: false },
  tips: [{ id: 1, type: 'recording', note: 'Zag haar bij de haven', useful: true, at: NOON - 60_000 }],
};

/** Adds a running action, two centralists (Meldkamer 201, Collega 202) and two participants (Anna, Bram). */
export async function controlRoom(http: Harness): Promise<number> {
  const id = await withAction(http);
  await http.post('/centralists', { name: 'Collega', extension: '202' });
  await http.post('/participants', { phones: ['0612345601'], postcodes: ['8251AB', '8254'], name: 'Anna Voorbeeld' });
  await http.post('/participants', { phones: ['0321345604'], postcodes: ['8252XJ'], name: 'Bram <script>' });
  await http.post(`/actions/${id}/start`);
  return id;
}

export function inbound(call: Partial<InboundCall> & Pick<InboundCall, 'id'>): InboundCall {
  return {
    from: '+31612345601' as E164,
    participantId: 1,
    actionId: 1,
    callId: `call-${call.id}`,
    result: 'recorded',
    reason: 'reached',
    receivedAt: NOON - 60_000,
    ringingAt: null,
    connectedAt: null,
    endedAt: NOON,
    centralistId: null,
    recordingId: null,
    ...call,
  };
}

export function tip(entry: Partial<Tip> & Pick<Tip, 'id' | 'inboundId'>): Tip {
  return {
    actionId: 1,
    participantId: 1,
    type: 'recording',
    recordingId: 1,
    note: null,
    useful: null,
    createdAt: NOON - 30_000,
    ...entry,
  };
}
