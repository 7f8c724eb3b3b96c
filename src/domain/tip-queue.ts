import type { CentralistId } from './ids.js';

/** Nobody stands in line for longer: then the tip is recorded. A telephone that rings by then may be answered still. */
export const LONGEST_WAIT_MS = 120_000;
/** Who waits longer than 20 s is told of 112, once. A telephone that rings out after them comes first. */
export const LONG_WAIT_MS = 20_500;

/** Somebody who stands in line for a centralist. */
export interface Waiter {
  /** Of their call; who rang first has the lowest. */
  readonly inboundId: number;
  /** Whom to ring for them still, in this order; those of one tier together. */
  readonly tiers: readonly (readonly CentralistId[])[];
  /** A telephone rings for them now. */
  readonly ringing: boolean;
  /** They have stood in line for {@link LONGEST_WAIT_MS}. */
  readonly overdue: boolean;
}

/** What happens next in the line. */
export type Turn =
  | { readonly type: 'ring'; readonly inboundId: number; readonly centralistIds: readonly CentralistId[] }
  /** Nobody is left to ring for them, or they have waited too long: they may record their tip. */
  | { readonly type: 'give_up'; readonly inboundId: number };

/**
 * The next turn, of the first in line who can have one; undefined when all that can be done is to wait. Who is engaged is
 * not rung, and keeps nobody from the next tier; who has only engaged ones left waits for the first of them that is free.
 * `waiters` in order of arrival.
 */
export function nextTurn(waiters: readonly Waiter[], isEngaged: (id: CentralistId) => boolean): Turn | undefined {
  for (const { inboundId, tiers, ringing, overdue } of waiters) {
    if (ringing) continue;
    if (overdue || tiers.length === 0) return { type: 'give_up', inboundId };
    const centralistIds = tiers.map((tier) => tier.filter((id) => !isEngaged(id))).find((tier) => tier.length > 0);
    if (centralistIds) return { type: 'ring', inboundId, centralistIds };
  }
  return undefined;
}

/** The place of everybody for whom no telephone rings, from 1 on. `waiters` in order of arrival. */
export function placesOf(waiters: readonly Waiter[]): ReadonlyMap<number, number> {
  const waiting = waiters.filter(({ ringing }) => !ringing);
  return new Map(waiting.map(({ inboundId }, index) => [inboundId, index + 1]));
}

/**
 * Whom to ring for a caller: the centralist of their action, then its team, then everybody else; only who is on duty, and
 * each once. `first` go before them, one after another and on duty or not: a colleague chose them by hand.
 */
export function tiersOf(
  action: { readonly centralistId: CentralistId; readonly team: readonly CentralistId[] },
  onDuty: readonly CentralistId[],
  rung: ReadonlySet<CentralistId>,
  first: readonly CentralistId[] = [],
): CentralistId[][] {
  const seen = new Set(rung);
  const unseen = (ids: readonly CentralistId[]): CentralistId[] =>
    ids.filter((id) => !seen.has(id) && Boolean(seen.add(id)));
  const onDutyOf = (ids: readonly CentralistId[]): CentralistId[] => unseen(ids.filter((id) => onDuty.includes(id)));
  const tiers = [
    ...first.map((id) => unseen([id])),
    onDutyOf([action.centralistId]),
    onDutyOf(action.team),
    unseen(onDuty),
  ];
  return tiers.filter((tier) => tier.length > 0);
}
