import { parseArgs } from 'node:util';

export interface Options {
  /** Participants in the database, besides those who are called. */
  readonly stored: number;
  /** Number of tips in each measurement. */
  readonly tips: number;
  /** Calls a second that the dialer makes meanwhile. */
  readonly rate: number;
  /** Strangers a second: these rates are tried in order until one does not hold. */
  readonly strangers: readonly number[];
  /** How long each rate of strangers lasts. */
  readonly seconds: number;
  readonly quick: boolean;
}

export const USAGE = `npm run bench -- tipline [options]
  --stored 2400000         participants in the database
  --tips 200               tips in each measurement, 3 a second
  --rate 80                calls a second that the dialer makes meanwhile
  --strangers 50,100,200   strangers a second, until a rate does not hold
  --seconds 15             how long each rate of strangers lasts
  --quick                  a short look, not a measurement: few participants, few tips`;

/** Throws an error for the user when an option is not allowed. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      stored: { type: 'string' },
      tips: { type: 'string' },
      rate: { type: 'string' },
      strangers: { type: 'string' },
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const { quick } = values;
  return {
    stored: whole('--stored', values.stored ?? (quick ? '10000' : '2400000'), 1, 4_000_000),
    tips: whole('--tips', values.tips ?? (quick ? '20' : '200'), 1, 2_000),
    rate: whole('--rate', values.rate ?? (quick ? '20' : '80'), 1, 300),
    strangers: (values.strangers ?? (quick ? '50' : '50,100,200'))
      .split(',')
      .map((text) => whole('--strangers', text, 1, 1_000)),
    seconds: whole('--seconds', values.seconds ?? (quick ? '5' : '15'), 2, 60),
    quick,
  };
}

function whole(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new Error(`${option} must be whole numbers from ${least} to ${most}`);
  return value;
}
