import { quantile } from '../lib/quantiles.js';

/** A line of SIPp's log (scenarios.ts): an event, its number, and its time of day in ms. */
export interface Noted {
  readonly event: string;
  /** The caller's number as it is shown: `0612340001`. */
  readonly number: string;
  readonly at: number;
}

// SIPp writes its counters as `1795486313.000000`.
const LINE = /^(\w+) ([+\d]+) (\d+)(?:\.\d+)? (\d+)(?:\.\d+)?$/;

/** Undefined for any other line. */
export function readNoted(line: string): Noted | undefined {
  const [, event, number, seconds, microseconds] = LINE.exec(line) ?? [];
  if (event === undefined || number === undefined) return undefined;
  return { event, number, at: Number(seconds) * 1000 + Number(microseconds) / 1000 };
}

export const notedIn = (lines: readonly string[]): Noted[] => lines.flatMap((line) => readNoted(line) ?? []);

/** How the tips arrived: times from the caller's INVITE to the INVITE at the softphone, ms. */
export interface Passage {
  readonly rung: number;
  /** Calls for which no softphone rang before the same caller called again. */
  readonly lost: number;
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

/**
 * Pairs each INVITE of a caller with the next ring of a softphone for that number, but only before the caller
 * called again.
 */
export function passageOf(callers: readonly Noted[], softphones: readonly Noted[]): Passage {
  const rings = new Map<string, number[]>();
  for (const { event, number, at } of softphones) {
    if (event === 'R') rings.set(number, [...(rings.get(number) ?? []), at]);
  }
  const invites = callers.filter(({ event }) => event === 'I');
  const delays = invites.flatMap(({ number, at }, index) => {
    const again = invites.slice(index + 1).find((next) => next.number === number)?.at ?? Infinity;
    const rang = (rings.get(number) ?? []).find((time) => time >= at && time < again);
    return rang === undefined ? [] : [rang - at];
  });
  return {
    rung: delays.length,
    lost: invites.length - delays.length,
    p50: quantile(delays, 0.5),
    p99: quantile(delays, 0.99),
  };
}

/** How the calls of strangers were answered. */
export interface Welcome {
  readonly rang: number;
  readonly refused: number;
  readonly answered: number;
  readonly failed: number;
  readonly silent: number;
  /** From the INVITE to the refusal or the answer, ms. */
  readonly p99: number | undefined;
}

export function welcomeOf(strangers: readonly Noted[]): Welcome {
  const invited = new Map<string, number>();
  const count = { refused: 0, answered: 0, failed: 0, silent: 0 };
  const delays: number[] = [];
  for (const { event, number, at } of strangers) {
    if (event === 'I') invited.set(number, at);
    else if (event in count) {
      count[event as keyof typeof count] += 1;
      delays.push(at - (invited.get(number) ?? at));
    }
  }
  return { rang: invited.size, ...count, p99: quantile(delays, 0.99) };
}
