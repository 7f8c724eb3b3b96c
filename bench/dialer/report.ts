import { spreadOf } from '../lib/quantiles.js';
import { table } from '../lib/table.js';
import { ratioOf, type Goal } from './goals.js';
import type { Comparison, Measured } from './measure.js';
import type { DialerRun } from './run.js';

type Value = (run: DialerRun) => number | undefined;

/** The rows that are printed for each comparison: name, decimals, and value. */
const ROWS: readonly (readonly [string, number, Value])[] = [
  ['calls a second', 1, ({ figures }) => figures.rate],
  ['complete, %', 2, ({ figures }) => figures.completeShare * 100],
  ['most calls at once', 0, ({ figures }) => figures.peak],
  ['line use, %', 1, ({ figures }) => figures.lineUse * 100],
  ['answer → first RTP, p50 ms', 1, ({ figures }) => figures.answerToSound.p50],
  ['answer → first RTP, p99 ms', 1, ({ figures }) => figures.answerToSound.p99],
  ['digit → message, p50 ms', 1, ({ figures }) => figures.digitToMessage.p50],
  ['digit → message, p99 ms', 1, ({ figures }) => figures.digitToMessage.p99],
  ['CPU per call, Asterisk, ms', 2, ({ cpuPerCall }) => cpuPerCall.asterisk],
  ['CPU per call, controller, ms', 2, ({ cpuPerCall }) => cpuPerCall.controller],
  ['CPU per call, both, ms', 2, ({ cpuPerCall }) => cpuPerCall.both],
  ['not counted: driver and network, ms', 2, ({ benchPerCall }) => benchPerCall.driver + benchPerCall.network],
  ['CPU of the machine in use, %', 0, ({ busyShare }) => busyShare * 100],
  ["the far end's own lateness, p99 ms", 1, ({ latenessMs }) => latenessMs],
];

/** The whole report, for a terminal. */
export function reportText(measured: Measured, goals: readonly Goal[]): string {
  const all = [...measured.sizes, ...measured.lines];
  return [
    ...all.map(comparisonText),
    ...(measured.sustained ? [sustainedText(measured.sustained)] : []),
    goalsText(goals),
  ].join('\n\n');
}

function comparisonText({ calls, lines, cps, pairs }: Comparison): string {
  const title = `${calls} calls on ${lines} lines, at most ${cps} a second (${pairsText(pairs)})`;
  if (pairs.valid.length === 0) return `${title}: no figure`;
  const rows = ROWS.map(([name, decimals, value]) => {
    const [bare, product] = [0, 1].map((side) =>
      withRange(
        pairs.valid.flatMap((pair) => value(pair[side as 0 | 1]) ?? []),
        decimals,
      ),
    );
    const ratio = ratioOf(pairs.valid, (run) => value(run) ?? 0);
    return [name, bare ?? '', product ?? '', ratio === undefined ? '' : ratio.toFixed(2)];
  });
  return `${title}\n${table([['', 'bare dialplan', 'this dialer', 'ratio'], ...rows])}`;
}

function sustainedText(pairs: NonNullable<Measured['sustained']>): string {
  const title = `calls a second that hold: 99.9 % complete, p99 of each delay at most 0.4 s (${pairsText(pairs)})`;
  if (pairs.valid.length === 0) return `${title}: no figure`;
  const ratio = ratioOf(pairs.valid, ({ rate }) => rate);
  const rates = ([0, 1] as const).map((side) =>
    withRange(
      pairs.valid.map((pair) => pair[side].rate),
      1,
    ),
  );
  const row = ['sustained', ...rates, ratio === undefined ? '' : ratio.toFixed(2)];
  return `${title}\n${table([['', 'bare dialplan', 'this dialer', 'ratio'], row])}`;
}

function goalsText(goals: readonly Goal[]): string {
  const rows = goals.map(({ what, goal, measured, reached, missedBy }) => [
    what,
    goal,
    measured,
    reached === undefined ? '' : reached ? 'reached' : `missed by ${missedBy}`,
  ]);
  return `goals\n${table([['', 'goal', 'measured', ''], ...rows])}`;
}

const pairsText = ({ valid, void: voided }: { valid: readonly unknown[]; void: number }): string =>
  `${valid.length} pair${valid.length === 1 ? '' : 's'}, ${voided} void`;

/** `13.7 (13.2-14.1)`: the median, and the range when there are several. */
function withRange(values: readonly number[], decimals: number): string {
  const spread = spreadOf(values);
  if (!spread) return '-';
  const [middle, least, most] = [spread.median, spread.least, spread.most].map((value) => value.toFixed(decimals));
  return values.length === 1 ? (middle ?? '') : `${middle} (${least}-${most})`;
}
