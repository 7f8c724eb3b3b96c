import type { Action } from '../../src/domain/action.js';
import type { InboundCall } from '../../src/domain/tip.js';
import { mobile } from '../adapters/sqlite/support/fixtures.js';
import { ControlRoom, type RoomOptions } from './control-room.js';
import type { FakeCall } from './fake-call.js';
import { PRESSES } from './far-end.js';

/** The data of an event about a call to the tip line. */
interface InboundEvent {
  readonly stage: string;
  readonly centralistIds?: readonly number[];
  readonly place?: number;
  readonly result?: string;
}

/** A control room with one running action in which every participant was reached. */
export async function reachedRoom(
  people: number,
  options: RoomOptions = {},
): Promise<{ readonly room: ControlRoom; readonly action: Action }> {
  const room = new ControlRoom({ otherwise: PRESSES, ...options });
  room.people(people);
  const action = await room.running();
  await room.calledOut(action);
  return { room, action };
}

/** The stored row of a call. */
export function rowOf(room: ControlRoom, call: Pick<FakeCall, 'id'>): InboundCall {
  const row = room.stores.inbound.byCallId(call.id);
  if (!row) throw new Error(`${call.id} has no row`);
  return row;
}

/** The events of a call, in order: `ringing 1,2`, `waiting 3`, `connected`. */
export function eventsOf(room: ControlRoom, call: Pick<FakeCall, 'id'>): string[] {
  const { id, actionId } = rowOf(room, call);
  if (actionId === null) return [];
  return room.actions
    .eventsAfter(actionId, 0, 10_000)
    .filter(({ type, data }) => type === 'inbound' && data.inboundId === id)
    .map(({ data }) => {
      const { stage, centralistIds, place, result } = data as unknown as InboundEvent;
      return [stage, centralistIds?.join(','), place, result].filter((word) => word !== undefined).join(' ');
    });
}

/** The sounds that the caller heard, without hold audio. */
export const words = (call: FakeCall): string => call.heardWords.replaceAll(/ ?\bhold\b/g, '').trim();

/** The n-th participant calls the tip line. */
export const rings = (room: ControlRoom, n: number, farEnd = {}): FakeCall => room.telephony.ringUs(mobile(n), farEnd);
