import type { ParticipantId } from './ids.js';
import type { E164 } from './phone-number.js';

/**
 * One answer of the operator, to tell a refused number from a full trunk. An operator answers 503 for a
 * telephone that it cannot reach and for a trunk that is full. Only different numbers tell the two apart: one
 * number says nothing about the others, however often it is refused. Times are monotonic ms.
 */
export interface OperatorAnswer {
  readonly phone: E164;
  readonly participantId: ParticipantId;
  readonly startedAt: number;
  /** True for a refusal for lack of capacity; false for a call that got through. */
  readonly refused: boolean;
  /** When the Retry-After lets us try again; -Infinity without a Retry-After. */
  readonly retryAt: number;
}

/** Answers to remember. */
const REMEMBERED = 20;
/** How long an answer is remembered. Older answers say nothing about the trunk now. */
const REMEMBERED_MS = 60_000;
/**
 * The trunk is full after this many refused participants in a row, in the order in which their calls started.
 */
const RUN = 4;
/** The trunk is full with this many refused participants among all remembered answers. */
const SHARE = 6;

/** After this many refusals an action calls the number no more, as long as other numbers get through. */
export const MOST_REFUSALS = 5;
/**
 * The longest Retry-After that is obeyed. A longer one is taken for a mistake, because an alert loses its
 * value within minutes.
 */
export const MOST_HOLD_MS = 300_000;
/** Pauses of a number after one, two, three … refusals in a row without a Retry-After. */
const OWN_PAUSES_MS = [1_000, 10_000, 20_000, 40_000, 60_000] as const;

/** The wait that a Retry-After of this many seconds asks for, in ms, at most MOST_HOLD_MS. */
export function retryAfterWaitMs(retryAfterSeconds = 0): number {
  return Math.min(MOST_HOLD_MS, Math.max(0, retryAfterSeconds) * 1_000);
}

/** The pause of a number after this many refusals in a row, of which the last asked for `askedMs`. In ms. */
export function pauseAfter(refusals: number, askedMs = 0): number {
  if (refusals <= 0) return 0;
  const own = OWN_PAUSES_MS[Math.min(refusals, OWN_PAUSES_MS.length) - 1] ?? 0;
  return Math.max(own, askedMs);
}

/**
 * Adds an answer, in the order of call starts. A second refusal of one number or one participant is not
 * added.
 */
export function withOperatorAnswer(
  recent: readonly OperatorAnswer[],
  answer: OperatorAnswer,
): readonly OperatorAnswer[] {
  const { phone, participantId, refused, startedAt } = answer;
  const known = (one: OperatorAnswer): boolean =>
    one.refused && (one.phone === phone || one.participantId === participantId);
  if (refused && recent.some(known)) return recent;
  const from = Math.max(startedAt, recent.at(-1)?.startedAt ?? startedAt) - REMEMBERED_MS;
  const kept = recent.filter((one) => one.startedAt > from);
  const place = kept.findLastIndex((one) => one.startedAt <= startedAt) + 1;
  return kept.toSpliced(place, 0, answer).slice(-REMEMBERED);
}

/** The refusals that together prove a full trunk. Empty when the cause may be the numbers. */
export function refusedTogether(recent: readonly OperatorAnswer[]): readonly OperatorAnswer[] {
  const run = recent.slice(recent.findLastIndex(({ refused }) => !refused) + 1);
  if (run.length >= RUN) return run;
  const all = recent.filter(({ refused }) => refused);
  return all.length >= SHARE ? all : [];
}
