import type { CentralistId } from './ids.js';

/**
 * Longest wait in the queue, in ms. Then the caller records the tip. A softphone that is already ringing may
 * still answer.
 */
export const LONGEST_WAIT_MS = 120_000;
/**
 * A caller who waits longer than 20 s is told of 112, once. The extra half second lets a softphone that rings
 * out after 20 s come first.
 */
export const LONG_WAIT_MS = 20_500;

/** A caller in the queue. */
export interface QueueEntry {
  /** Id of the call. An earlier call has a lower id. */
  readonly inboundId: number;
  /**
   * Centralists whose softphones have not rung for this caller yet, in order. The softphones of one tier ring
   * together.
   */
  readonly tiers: readonly (readonly CentralistId[])[];
  /** A softphone rings for this caller now. */
  readonly ringing: boolean;
  /** The caller has waited for {@link LONGEST_WAIT_MS}. */
  readonly overdue: boolean;
}

/** The next step of the queue. */
export type Turn =
  | { readonly type: 'ring'; readonly inboundId: number; readonly centralistIds: readonly CentralistId[] }
  /** No centralist is left to ring, or the caller has waited too long, so the caller may record the tip. */
  | { readonly type: 'give_up'; readonly inboundId: number };

/**
 * The next turn: that of the first caller in the queue who can have one. Undefined when everybody has to
 * wait. Engaged softphones are not rung, and do not keep the next tier from being rung. A caller with only
 * engaged centralists left waits for the first of them to be free. `waiters` in order of arrival.
 */
export function nextTurn(waiters: readonly QueueEntry[], isEngaged: (id: CentralistId) => boolean): Turn | undefined {
  for (const { inboundId, tiers, ringing, overdue } of waiters) {
    if (ringing) continue;
    if (overdue || tiers.length === 0) return { type: 'give_up', inboundId };
    const centralistIds = tiers.map((tier) => tier.filter((id) => !isEngaged(id))).find((tier) => tier.length > 0);
    if (centralistIds) return { type: 'ring', inboundId, centralistIds };
  }
  return undefined;
}

/** Queue places, from 1 on, of the callers for whom no softphone rings. `waiters` in order of arrival. */
export function placesOf(waiters: readonly QueueEntry[]): ReadonlyMap<number, number> {
  const waiting = waiters.filter(({ ringing }) => !ringing);
  return new Map(waiting.map(({ inboundId }, index) => [inboundId, index + 1]));
}

/**
 * The tiers for a caller: the centralist of the action, then its team, then everybody else on duty. Only
 * centralists on duty ring, and each one once. The centralists of `first` ring before these, one after
 * another, on duty or not, because a colleague chose them by hand.
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
