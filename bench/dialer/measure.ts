import { runPairs, type Pairs } from '../lib/pairs.js';
import type { Options } from './options.js';
import { runSide, type DialerRun, type RunPlace } from './run.js';
import type { Load, StartSide } from './side.js';
import { HOLD_MS } from './story.js';
import { findSustained, type SearchPlan, type Sustained } from './sustained.js';

/** The same load on both sides, pair by pair, the bare dialplan first. */
export interface Comparison {
  readonly calls: number;
  readonly lines: number;
  readonly cps: number;
  readonly pairs: Pairs<DialerRun, DialerRun>;
}

export interface Measured {
  /** One for each number of calls, on the largest number of lines. */
  readonly sizes: readonly Comparison[];
  /** One for each number of lines, with enough calls to keep the lines busy for a while. */
  readonly lines: readonly Comparison[];
  readonly sustained: Pairs<Sustained, Sustained> | undefined;
}

export interface Sides {
  readonly bare: StartSide;
  readonly product: StartSide;
}

export type Say = (text: string) => void;

/**
 * From this many calls on, one pair is enough, because it takes minutes and its figures are means over many
 * calls.
 */
const MANY_CALLS = 5_000;
/** How long the lines are kept busy to measure line use. */
const LINES_MS = 8_000;
const TRIAL_SECONDS = 6;
const QUICK_TRIAL_SECONDS = 2;
/**
 * Each side is warmed up for this long, because a program that has just started costs more than a service
 * that has run for months.
 */
const WARM_UP_SECONDS = 2;
/**
 * Factors by which the rate is raised: a large one in the first pair, a small one in later pairs, which begin
 * at the highest rate that held before.
 */
const FIRST_STEP = 1.35;
const NEXT_STEP = 1.05;

const invented = (start: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${start}${String(index).padStart(4, '0')}`);
/** Invented national numbers. The warm-up uses different ones. */
export const numbersOf = (count: number): string[] => invented('061234', count);
const warmUpOf = (count: number): string[] => invented('061235', count);

export async function measure(options: Options, sides: Sides, place: RunPlace, say: Say): Promise<Measured> {
  const { calls, lines, rate, pairs, parts } = options;
  const mostLines = lines.at(-1) ?? 1;
  const compare = (count: number, on: number, wanted: number, warmUp: number): Promise<Comparison> =>
    compareSides(
      { numbers: numbersOf(count), warmUp: warmUpOf(warmUp), lines: on, cps: rate },
      wanted,
      options,
      sides,
      place,
      say,
    );
  const sizes: Comparison[] = [];
  if (parts.includes('sizes')) {
    for (const count of calls)
      sizes.push(await compare(count, mostLines, count >= MANY_CALLS ? 1 : pairs, rate * WARM_UP_SECONDS));
  }
  const use: Comparison[] = [];
  if (parts.includes('lines')) {
    // The use of the largest number of lines has been measured with the sizes.
    const unseen = sizes.length > 0 ? lines.filter((on) => on < mostLines) : lines;
    for (const on of unseen) use.push(await compare(callsFor(on, rate), on, 1, 0));
  }
  const sustained = parts.includes('sustained') ? await searchSides(options, sides, place, say) : undefined;
  return { sizes, lines: use, sustained };
}

/** Enough calls to keep this many lines busy for {@link LINES_MS}. */
function callsFor(lines: number, cps: number): number {
  const most = Math.min((lines * LINES_MS) / HOLD_MS, (cps * LINES_MS) / 1000);
  return Math.max(lines + 10, Math.round(most));
}

async function compareSides(
  load: Load,
  wanted: number,
  { othersAllowed }: Options,
  sides: Sides,
  place: RunPlace,
  say: Say,
): Promise<Comparison> {
  const calls = load.numbers.length;
  say(`${calls} calls on ${load.lines} lines, ${load.cps} a second: ${wanted} pair${wanted === 1 ? '' : 's'}`);
  const run = async (name: string, start: StartSide): Promise<DialerRun> => {
    const done = await runSide(start, load, place);
    say(`  ${name}  ${oneLine(done)}`);
    const { confirmed, figures } = done;
    if (confirmed !== undefined && confirmed !== figures.complete) {
      say(`           the product counts ${confirmed} confirmed calls, the far end ${figures.complete} complete ones`);
    }
    return done;
  };
  const pairs = await runPairs({
    wanted,
    most: wanted * 2 + 1,
    a: () => run('bare   ', sides.bare),
    b: () => run('dialer ', sides.product),
    othersAllowed,
    onPair: (_, counts) => {
      if (!counts) say('  void: other programs took too much of the CPU');
    },
  });
  return { calls, lines: load.lines, cps: load.cps, pairs };
}

async function searchSides(
  options: Options,
  sides: Sides,
  place: RunPlace,
  say: Say,
): Promise<Pairs<Sustained, Sustained>> {
  say(`how many calls a second hold: ${options.pairs} pair${options.pairs === 1 ? '' : 's'}`);
  const found = new Map<StartSide, number>();
  const search = async (name: string, start: StartSide): Promise<Sustained> => {
    const before = found.get(start);
    const plan: SearchPlan = {
      guess: before ?? options.rate,
      step: before === undefined ? FIRST_STEP : NEXT_STEP,
      seconds: options.quick ? QUICK_TRIAL_SECONDS : TRIAL_SECONDS,
      warmUpSeconds: WARM_UP_SECONDS,
      othersAllowed: options.othersAllowed,
      numbersOf,
      onTrial: ({ rate, held, delayMs, run }) => {
        const { figures } = run;
        say(
          `  ${name}  ${rate}/s ${held ? 'holds' : 'does not hold'}: made ${figures.rate.toFixed(1)}/s, ` +
            `${(figures.completeShare * 100).toFixed(2)} % complete, p99 ${delayMs.toFixed(0)} ms`,
        );
      },
    };
    const result = await findSustained(start, plan, place);
    const held = result.trials.filter((trial) => trial.held).map(({ rate }) => rate);
    if (held.length > 0) found.set(start, Math.max(...held));
    return result;
  };
  return runPairs({
    wanted: options.pairs,
    most: options.pairs * 2 + 1,
    a: () => search('bare   ', sides.bare),
    b: () => search('dialer ', sides.product),
    othersAllowed: options.othersAllowed,
    onPair: (_, counts) => {
      if (!counts) say('  void: other programs took too much of the CPU');
    },
  });
}

function oneLine({ figures, cpuPerCall, othersShare }: DialerRun): string {
  const p99 = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(0));
  return [
    `${figures.complete}/${figures.wanted} complete`,
    `${figures.rate.toFixed(1)}/s`,
    `${cpuPerCall.both.toFixed(1)} ms CPU a call`,
    `p99 ${p99(figures.answerToSound.p99)} and ${p99(figures.digitToMessage.p99)} ms`,
    `others ${(othersShare * 100).toFixed(0)} %`,
  ].join(', ');
}
