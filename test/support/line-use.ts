import type { Action } from '../../src/domain/action.js';
import type { ControlRoom } from './control-room.js';

/** When a call held a line, in monotonic ms. `to` is the present for a call that still holds its line. */
export interface LineUse {
  readonly from: number;
  readonly to: number;
}

/** The line uses of an action's calls, in order of their start. */
export function lineUses(room: ControlRoom, action: Action): LineUse[] {
  const own = new Set(room.stores.attempts.ofAction(action.id).map(({ id }) => room.ids.ofAttempt(id)));
  return room.telephony.placed
    .filter(({ order }) => own.has(order.id))
    .map(({ at, call }) => ({ from: at, to: call.endedAt ?? room.clock.monotonic() }));
}

/** Total line time between `start` and `end`, in ms. */
export function lineMs(uses: readonly LineUse[], start: number, end: number): number {
  return uses.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, end) - Math.max(from, start)), 0);
}

/** The most starts within any window of `ms`. The end of a window does not belong to it. */
export function mostStarts(starts: readonly number[], ms: number): number {
  let most = 0;
  let first = 0;
  for (const [index, at] of starts.entries()) {
    while ((starts[first] ?? at) <= at - ms) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
