import { median } from '../lib/quantiles.js';
import type { Comparison, Measured } from './measure.js';
import type { DialerRun } from './run.js';

/** A goal for the dialer, and the measured figure. */
export interface Goal {
  readonly what: string;
  readonly goal: string;
  /** The figure as it is printed. */
  readonly measured: string;
  /** Undefined when the figure was not measured. */
  readonly reached: boolean | undefined;
  /** By how much the goal was missed, in words; '' when it was not missed. */
  readonly missedBy: string;
}

const MOST_CPU_RATIO = 1.15;
const LEAST_RATE_RATIO = 0.95;
const LEAST_RATE = 100;
const MOST_P99_MS = 100;
const FLAT_SHARE = 0.1;
const LEAST_LINE_USE = 0.98;
const AT_ONCE = 5_000;

/** Every goal with its figure, or with `not measured`. */
export function judgeGoals(measured: Measured, rate: number): readonly Goal[] {
  const common = comparisonOfCommonRate(measured);
  const ours = common?.pairs.valid.map(([, product]) => product) ?? [];
  const medianOf = (value: (run: DialerRun) => number | undefined): number | undefined =>
    median(ours.flatMap((run) => value(run) ?? []));
  const sustained = measured.sustained?.valid ?? [];
  return [
    atLeast(
      'sustained rate, against the bare dialplan',
      LEAST_RATE_RATIO,
      '×',
      ratioOf(sustained, ({ rate }) => rate),
    ),
    atLeast('sustained rate', LEAST_RATE, '/s', median(sustained.map(([, product]) => product.rate))),
    atMost(
      'CPU per call, Asterisk and controller, against the bare dialplan',
      MOST_CPU_RATIO,
      '×',
      ratioOf(common?.pairs.valid ?? [], ({ cpuPerCall }) => cpuPerCall.both),
    ),
    atMost(
      `answer → first RTP, p99 at ${rate}/s`,
      MOST_P99_MS,
      ' ms',
      medianOf((run) => run.figures.answerToSound.p99),
    ),
    atMost(
      `digit → message, p99 at ${rate}/s`,
      MOST_P99_MS,
      ' ms',
      medianOf((run) => run.figures.digitToMessage.p99),
    ),
    flatness(measured.sizes),
    placedOnce(measured.sizes),
    ...[...measured.lines, ...(common ? [common] : [])].map(({ lines, pairs }) =>
      atLeast(
        `line use, ${lines} lines`,
        LEAST_LINE_USE * 100,
        ' %',
        times(100, median(pairs.valid.map(([, product]) => product.figures.lineUse))),
      ),
    ),
  ];
}

/**
 * The comparison by which costs and delays are judged: the largest size that has at least half as many valid
 * pairs as any other.
 */
export function comparisonOfCommonRate({ sizes }: Pick<Measured, 'sizes'>): Comparison | undefined {
  const most = Math.max(0, ...sizes.map(({ pairs }) => pairs.valid.length));
  return sizes.findLast(({ pairs }) => pairs.valid.length > 0 && pairs.valid.length * 2 >= most);
}

/**
 * The median of the pairs' ratios, product to bare side; undefined when no pair has a value for the bare
 * side.
 */
export function ratioOf<T>(pairs: readonly (readonly [T, T])[], value: (run: T) => number): number | undefined {
  return median(pairs.flatMap(([bare, product]) => (value(bare) > 0 ? [value(product) / value(bare)] : [])));
}

const times = (factor: number, value: number | undefined): number | undefined =>
  value === undefined ? undefined : factor * value;

const written = (value: number): string => (value >= 5 ? value.toFixed(1) : value.toFixed(3));

function atLeast(what: string, least: number, unit: string, value: number | undefined): Goal {
  return judged(what, `at least ${least}${unit}`, unit, value, value !== undefined && value >= least, least);
}

function atMost(what: string, most: number, unit: string, value: number | undefined): Goal {
  return judged(what, `at most ${most}${unit}`, unit, value, value !== undefined && value <= most, most);
}

function judged(what: string, goal: string, unit: string, value: number | undefined, ok: boolean, limit: number): Goal {
  if (value === undefined) return { what, goal, measured: 'not measured', reached: undefined, missedBy: '' };
  const missedBy = ok ? '' : `${written(Math.abs(value - limit))}${unit}`;
  return { what, goal, measured: `${written(value)}${unit}`, reached: ok, missedBy };
}

/** The largest difference between the cost of a call at any size and its cost at the middle size. */
export function flatness(sizes: readonly Comparison[]): Goal {
  const what = `cost per call, ${sizes.map(({ calls }) => calls).join(', ')} calls`;
  const costs = sizes.map(({ pairs }) => median(pairs.valid.map(([, product]) => product.cpuPerCall.both)));
  const goal = `within ± ${FLAT_SHARE * 100} %`;
  const middle = costs[Math.floor((costs.length - 1) / 2)];
  if (costs.length < 2 || middle === undefined || costs.includes(undefined)) {
    return {
      what: 'cost per call over the number of calls',
      goal,
      measured: 'not measured',
      reached: undefined,
      missedBy: '',
    };
  }
  const shares = costs.map((cost) => (cost ?? middle) / middle - 1);
  const worst = shares.reduce((far, share) => (Math.abs(share) > Math.abs(far) ? share : far), 0);
  const over = Math.abs(worst) - FLAT_SHARE;
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const measured = `${worst > 0 ? '+' : ''}${percent(worst)}`;
  return { what, goal, measured, reached: over <= 0, missedBy: over > 0 ? percent(over) : '' };
}

/** Whether each of the numbers that were due at the same time got exactly one call. */
export function placedOnce(sizes: readonly Comparison[]): Goal {
  const largest = sizes.at(-1);
  const run = largest?.pairs.valid[0]?.[1];
  const goal = `each placed once (${AT_ONCE} or more)`;
  if (!largest || !run || largest.calls < AT_ONCE) {
    const what = `${AT_ONCE} numbers due at once`;
    return { what, goal, measured: 'not measured', reached: undefined, missedBy: '' };
  }
  const { twice, never, wanted } = run.figures;
  return {
    what: `${wanted} numbers due at once`,
    goal,
    measured: `once ${wanted - twice - never}, twice ${twice}, never ${never}`,
    reached: twice + never === 0,
    missedBy: twice + never === 0 ? '' : `${twice + never} numbers`,
  };
}
