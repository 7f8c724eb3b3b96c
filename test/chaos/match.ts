import type { Attempt } from '../../src/domain/attempt.js';
import { clock, type HeardCall } from './evidence.js';

/** An attempt in the database, and its calls in the phone network, of which there must be at most one. */
export interface Matched {
  readonly attempt: Attempt;
  readonly calls: readonly HeardCall[];
}

export interface Matching {
  readonly matched: readonly Matched[];
  /** Calls to citizens for which there is no attempt. */
  readonly strays: readonly HeardCall[];
}

/** Two programs write the two ledgers, by the same clock but at slightly different times. */
const HAND_MS = 50;

/**
 * Matches the two ledgers. A call belongs to the last attempt to its number that was stored before the call
 * arrived, because an attempt is stored before its INVITE leaves, and a number never has two calls at once.
 */
export function matchLedgers(attempts: readonly Attempt[], calls: readonly HeardCall[]): Matching {
  const ofNumber = new Map<string, { attempt: Attempt; calls: HeardCall[] }[]>();
  const matched = [...attempts]
    .sort((a, b) => a.dialedAt - b.dialedAt || a.id - b.id)
    .map((attempt) => {
      const entry = { attempt, calls: [] as HeardCall[] };
      const before = ofNumber.get(attempt.phone);
      if (before) before.push(entry);
      else ofNumber.set(attempt.phone, [entry]);
      return entry;
    });
  const strays: HeardCall[] = [];
  for (const call of calls) {
    if (call.kind !== 'citizen') continue;
    const entry = ofNumber.get(call.number)?.findLast(({ attempt }) => attempt.dialedAt <= call.invitedAt + HAND_MS);
    if (entry) entry.calls.push(call);
    else strays.push(call);
  }
  return { matched, strays };
}

export const nameOf = (attempt: Attempt): string =>
  `attempt ${attempt.id} (${attempt.purpose}, ${attempt.phone}, dialed ${clock(attempt.dialedAt)}, ${attempt.outcome ?? 'no outcome'})`;
