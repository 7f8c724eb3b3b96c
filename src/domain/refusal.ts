import type { ParticipantId } from './participant.js';
import type { E164 } from './phone-number.js';

/**
 * Whose refusal is it, the number's or the trunk's? An operator answers 503 for one telephone that it cannot
 * reach as it does for a trunk that is full. Only different numbers tell: one number, however often it is
 * refused, says nothing of the others. Pure: times, in monotonic ms, are arguments.
 */
export interface Answer {
  readonly phone: E164;
  readonly participantId: ParticipantId;
  readonly startedAt: number;
  /** Refused for lack of room; else the call got through. */
  readonly refused: boolean;
  /** Until when its Retry-After asks us to stay away; -Infinity when it does not. */
  readonly retryAt: number;
}

/** So many answers are remembered, and for so long: what came before says nothing of now. */
const REMEMBERED = 20;
const REMEMBERED_MS = 60_000;
/**
 * So many people refused one after another, in the order in which their calls began, and nobody let through
 * between.
 */
const RUN = 4;
/** So many people refused among all that are remembered. */
const SHARE = 6;

/** After so many refusals a number is not called any more in an action, as long as others get through. */
export const MOST_REFUSALS = 5;
/** A Retry-After beyond this is taken for a mistake: an alert is worth minutes. */
export const MOST_HOLD_MS = 300_000;
/**
 * After refusals in a row without a Retry-After a number is left alone for the first, then twice as long each
 * time.
 */
const OWN_PAUSES_MS = [1_000, 10_000, 20_000, 40_000, 60_000] as const;

/** What a Retry-After of so many seconds asks for, in ms, and no more than is sensible. */
export function heldFor(retryAfterSeconds = 0): number {
  return Math.min(MOST_HOLD_MS, Math.max(0, retryAfterSeconds) * 1_000);
}

/**
 * How long a number is left alone after so many refusals in a row, the last of which asked for so many ms.
 */
export function pauseAfter(refusals: number, askedMs = 0): number {
  if (refusals <= 0) return 0;
  const own = OWN_PAUSES_MS[Math.min(refusals, OWN_PAUSES_MS.length) - 1] ?? 0;
  return Math.max(own, askedMs);
}

/**
 * Adds an answer in the place where its call began. A second refusal of one number, or of one person, adds
 * nothing.
 */
export function withAnswer(recent: readonly Answer[], answer: Answer): readonly Answer[] {
  const { phone, participantId, refused, startedAt } = answer;
  const known = (one: Answer): boolean => one.refused && (one.phone === phone || one.participantId === participantId);
  if (refused && recent.some(known)) return recent;
  const from = Math.max(startedAt, recent.at(-1)?.startedAt ?? startedAt) - REMEMBERED_MS;
  const kept = recent.filter((one) => one.startedAt > from);
  const place = kept.findLastIndex((one) => one.startedAt <= startedAt) + 1;
  return kept.toSpliced(place, 0, answer).slice(-REMEMBERED);
}

/** The refusals that together say that the trunk has no room; none when it may be the numbers. */
export function refusedTogether(recent: readonly Answer[]): readonly Answer[] {
  const run = recent.slice(recent.findLastIndex(({ refused }) => !refused) + 1);
  if (run.length >= RUN) return run;
  const all = recent.filter(({ refused }) => refused);
  return all.length >= SHARE ? all : [];
}
