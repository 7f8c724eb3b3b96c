import { parseArgs } from 'node:util';
import { OTHERS_ALLOWED } from '../lib/pairs.js';

export const PARTS = ['sizes', 'lines', 'sustained'] as const;
export type Part = (typeof PARTS)[number];

/** The measurements to make, from the command line. */
export interface Options {
  /** Numbers of calls, ascending. The cost of a call is compared between them. */
  readonly calls: readonly number[];
  /** Numbers of lines, ascending. Everything except line use is measured on the last number. */
  readonly lines: readonly number[];
  /** Number of valid pairs of each comparison. */
  readonly pairs: number;
  /** Calls a second at which the two sides are compared. */
  readonly rate: number;
  readonly parts: readonly Part[];
  /** Share of the CPU, 0 to 1, that other programs may take before a pair is void. */
  readonly othersAllowed: number;
  readonly quick: boolean;
}

export const USAGE = `npm run bench -- dialer [options]
  --calls 100,1000,10000   numbers of calls
  --lines 10,100,300       numbers of lines
  --pairs 5                valid pairs of each comparison
  --rate 100               calls a second at which costs and delays are compared
  --parts ${PARTS.join(',')}
                           the parts to measure
  --others 5               percent of the CPU that other programs may take before a pair is
                           void; with more than 5 the result is a look, not a measurement
  --quick                  a short look, not a measurement: one pair, few calls`;

/** The invented numbers are 0612340000 to 0612349999. */
const MOST_CALLS = 10_000;

/** Throws an error for the user when an option is not allowed. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      calls: { type: 'string' },
      lines: { type: 'string' },
      pairs: { type: 'string' },
      rate: { type: 'string' },
      parts: { type: 'string' },
      others: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const { quick } = values;
  const parts = (values.parts ?? PARTS.join(',')).split(',').map((name) => {
    const part = PARTS.find((known) => known === name);
    if (!part) throw new Error(`--parts: '${name}' is not one of ${PARTS.join(', ')}`);
    return part;
  });
  return {
    calls: numbers('--calls', values.calls ?? (quick ? '50,200' : '100,1000,10000'), MOST_CALLS),
    lines: numbers('--lines', values.lines ?? (quick ? '10,300' : '10,100,300'), 1000),
    pairs: numbers('--pairs', values.pairs ?? (quick ? '1' : '5'), 50)[0] ?? 1,
    rate: numbers('--rate', values.rate ?? '100', 500)[0] ?? 1,
    parts,
    othersAllowed: (numbers('--others', values.others ?? `${OTHERS_ALLOWED * 100}`, 100)[0] ?? 0) / 100,
    quick,
  };
}

function numbers(option: string, text: string, most: number): number[] {
  const list = text.split(',').map(Number);
  if (list.some((value) => !Number.isInteger(value) || value < 1 || value > most)) {
    throw new Error(`${option} must be whole numbers from 1 to ${most}`);
  }
  return [...new Set(list)].toSorted((a, b) => a - b);
}
