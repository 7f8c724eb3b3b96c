import type { Action } from '../../src/domain/action.js';
import type { ControlRoom } from './control-room.js';

/** A call that held a line, in monotonic ms; `to` is now for one that still does. */
export interface LineUse {
  readonly from: number;
  readonly to: number;
}

/** The calls of an action as they held their lines, in the order in which they began. */
export function lineUses(room: ControlRoom, action: Action): LineUse[] {
  const own = new Set(room.stores.attempts.ofAction(action.id).map(({ id }) => room.ids.ofAttempt(id)));
  return room.telephony.placed
    .filter(({ order }) => own.has(order.id))
    .map(({ at, call }) => ({ from: at, to: call.endedAt ?? room.clock.monotonic() }));
}

/** How long lines were held from `start` to `end`, all calls together, in ms. */
export function lineMs(uses: readonly LineUse[], start: number, end: number): number {
  return uses.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, end) - Math.max(from, start)), 0);
}

/** Most calls that began within one window of `ms`, its end not included. */
export function mostStarts(starts: readonly number[], ms: number): number {
  let most = 0;
  let first = 0;
  for (const [index, at] of starts.entries()) {
    while ((starts[first] ?? at) <= at - ms) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
