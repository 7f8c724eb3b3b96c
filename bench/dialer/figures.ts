import type { CallRecord } from '../lib/far-end/call-book.js';
import { median, quantile } from '../lib/quantiles.js';

/** The figures of one run, from the far end's records. Times are ms. */
export interface Figures {
  /** Count of the numbers that the side had to call. */
  readonly wanted: number;
  /** Calls that reached the far end. */
  readonly placed: number;
  /** Numbers that were called more than once, or were called although they were not in the load. */
  readonly twice: number;
  /** Numbers that were never called. */
  readonly never: number;
  /**
   * Complete calls: answered, heard to the end of the message and the thanks, and hung up by the calling
   * side.
   */
  readonly complete: number;
  /** Share of the numbers, 0 to 1, that had exactly one call, and that call complete. */
  readonly completeShare: number;
  /** Calls a second, from the first INVITE to the last. */
  readonly rate: number;
  /** Most calls at the same time. */
  readonly peak: number;
  /** See {@link lineUse}: 1 is perfect. */
  readonly lineUse: number;
  readonly answerToSound: Delay;
  readonly digitToMessage: Delay;
  /** Median of how long a call held its line. */
  readonly holdMs: number | undefined;
}

/** A value is undefined when no call got that far. */
export interface Delay {
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

export interface Expected {
  /** Numbers as the far end sees them, digits without a plus. */
  readonly numbers: readonly string[];
  readonly lines: number;
  readonly cps: number;
  /** Voice packets of the message in a call that was heard to its end. */
  readonly messagePackets: number;
  /**
   * Number of first calls whose delays and rate do not count, because the side has just started. They must
   * be complete too.
   */
  readonly unheeded: number;
}

/** Share of the message's packets that must arrive. The far end's own sockets lose a packet now and then. */
const HEARD_SHARE = 0.9;

export function figuresOf(records: readonly CallRecord[], expected: Expected): Figures {
  const calls = records.toSorted((a, b) => a.invitedAt - b.invitedAt);
  const placed = new Map<string, number>();
  for (const { number } of calls) placed.set(number, (placed.get(number) ?? 0) + 1);
  const wanted = new Set(expected.numbers);
  const complete = calls.filter((call) => isComplete(call, expected.messagePackets));
  const once = complete.filter(({ number }) => wanted.has(number) && placed.get(number) === 1).length;
  const heeded = calls.slice(expected.unheeded);
  const seconds = ((heeded.at(-1)?.invitedAt ?? 0) - (heeded[0]?.invitedAt ?? 0)) / 1000;
  return {
    wanted: wanted.size,
    placed: calls.length,
    twice: [...placed].filter(([number, times]) => times > 1 || !wanted.has(number)).length,
    never: expected.numbers.filter((number) => !placed.has(number)).length,
    complete: complete.length,
    completeShare: wanted.size === 0 ? 1 : once / wanted.size,
    rate: seconds > 0 ? (heeded.length - 1) / seconds : 0,
    peak: mostAtOnce(calls),
    lineUse: lineUse(calls, expected),
    answerToSound: delayOf(heeded, 'answeredAt', 'firstVoiceAt'),
    digitToMessage: delayOf(heeded, 'digitEndedAt', 'messageAt'),
    holdMs: median(calls.flatMap(({ invitedAt, endedAt }) => (endedAt === null ? [] : [endedAt - invitedAt]))),
  };
}

function isComplete(call: CallRecord, messagePackets: number): boolean {
  return call.endedAt !== null && call.messagePackets >= messagePackets * HEARD_SHARE && call.thanksPackets > 0;
}

function delayOf(
  calls: readonly CallRecord[],
  from: 'answeredAt' | 'digitEndedAt',
  to: 'firstVoiceAt' | 'messageAt',
): Delay {
  const delays = calls.flatMap((call) => {
    const [start, end] = [call[from], call[to]];
    return start === null || end === null ? [] : [end - start];
  });
  return { p50: quantile(delays, 0.5), p99: quantile(delays, 0.99) };
}

/**
 * Most calls at the same time. A call that ends at the instant at which another begins does not overlap with
 * it.
 */
export function mostAtOnce(calls: readonly Pick<CallRecord, 'invitedAt' | 'endedAt'>[]): number {
  const changes = calls.flatMap(({ invitedAt, endedAt }) => [
    { at: invitedAt, by: 1 },
    ...(endedAt === null ? [] : [{ at: endedAt, by: -1 }]),
  ]);
  let now = 0;
  let most = 0;
  for (const { by } of changes.toSorted((a, b) => a.at - b.at || a.by - b.by)) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

/**
 * How well the lines and the CPS were used. Lines and CPS allow a shortest time from the first start to the
 * last for calls of these lengths. The result is that time as a share of the time that it really took.
 * `calls` must be in the order in which they began.
 */
export function lineUse(
  calls: readonly Pick<CallRecord, 'invitedAt' | 'endedAt'>[],
  { lines, cps }: { readonly lines: number; readonly cps: number },
): number {
  const first = calls[0]?.invitedAt ?? 0;
  const took = (calls.at(-1)?.invitedAt ?? 0) - first;
  if (took <= 0) return 1;
  return (
    leastSpan(
      calls.map(({ invitedAt, endedAt }) => (endedAt ?? first + took) - invitedAt),
      lines,
      cps,
    ) / took
  );
}

/** The shortest time from the first start to the last, ms, for calls of these lengths in this order. */
function leastSpan(lengths: readonly number[], lines: number, cps: number): number {
  const freeAt = new Float64Array(lines);
  let start = 0;
  lengths.forEach((length, index) => {
    let soonest = 0;
    for (let line = 1; line < lines; line++) {
      if ((freeAt[line] ?? 0) < (freeAt[soonest] ?? 0)) soonest = line;
    }
    start = Math.max(index === 0 ? 0 : start + 1000 / cps, freeAt[soonest] ?? 0);
    freeAt[soonest] = start + Math.max(0, length);
  });
  return start;
}
