import { table } from '../lib/table.js';
import { MOST_TIP_MS, type TipLineMeasured, type TipsMeasured } from './run.js';

/** A goal for the tip line, and the measured figure. */
export interface TipGoal {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  readonly reached: boolean;
  readonly missedBy: string;
}

const STRANGERS = 200;

export function judgeTipLine({ idle, loaded, floods, stored }: TipLineMeasured): readonly TipGoal[] {
  const held = Math.max(0, ...floods.filter((flood) => flood.held).map(({ rate }) => rate));
  return [
    tipGoal(`tip: INVITE → softphone's INVITE, p99, idle, ${stored} stored`, idle),
    tipGoal(`tip: the same, the dialer calling ${loaded.dialed.toFixed(0)} a second`, loaded),
    {
      what: 'strangers a second that hold, tips rung in time meanwhile',
      goal: `at least ${STRANGERS}/s`,
      measured: `${held}/s`,
      reached: held >= STRANGERS,
      missedBy: held >= STRANGERS ? '' : `${STRANGERS - held}/s`,
    },
  ];
}

function tipGoal(what: string, { passage }: TipsMeasured): TipGoal {
  const { p99, lost } = passage;
  const reached = lost === 0 && p99 !== undefined && p99 <= MOST_TIP_MS;
  const over = p99 === undefined ? 'everything' : `${Math.max(0, p99 - MOST_TIP_MS).toFixed(0)} ms`;
  return {
    what,
    goal: `at most ${MOST_TIP_MS} ms, none lost`,
    measured: `${p99 === undefined ? '-' : p99.toFixed(0)} ms, ${lost} lost`,
    reached,
    missedBy: reached ? '' : lost > 0 ? `${lost} tips` : over,
  };
}

/** The whole report, for a terminal. */
export function tipLineText(measured: TipLineMeasured, goals: readonly TipGoal[]): string {
  const { lookUp, idle, loaded, floods } = measured;
  const ms = (value: number | undefined, decimals = 0): string => (value === undefined ? '-' : value.toFixed(decimals));
  const row = (name: string, { passage, busyShare, dialed }: TipsMeasured): string[] => [
    name,
    String(passage.rung),
    String(passage.lost),
    ms(passage.p50),
    ms(passage.p99),
    dialed.toFixed(1),
    (busyShare * 100).toFixed(0),
  ];
  const ratio =
    idle.passage.p99 === undefined || loaded.passage.p99 === undefined
      ? '-'
      : (loaded.passage.p99 / idle.passage.p99).toFixed(1);
  return [
    `caller looked up among ${measured.stored} participants: p50 ${ms(lookUp.p50, 3)} ms, p99 ${ms(lookUp.p99, 3)} ms`,
    table([
      ['caller’s INVITE → softphone’s INVITE', 'rang', 'lost', 'p50 ms', 'p99 ms', 'dialer, calls/s', 'CPU in use, %'],
      row('dialer idle', idle),
      row('dialer at its rate', loaded),
      ...floods.map((flood) => row(`${flood.rate} strangers a second`, flood)),
    ]),
    `p99 with the dialer, against idle: ${ratio}`,
    table([
      ['strangers a second', 'rang', 'busy', 'answered', 'failed', 'silent', 'p99 ms', ''],
      ...floods.map(({ rate, welcome, held }) => [
        String(rate),
        ...[welcome.rang, welcome.refused, welcome.answered, welcome.failed, welcome.silent].map(String),
        ms(welcome.p99),
        held ? 'holds' : 'does not hold',
      ]),
    ]),
    `goals\n${table([
      ['', 'goal', 'measured', ''],
      ...goals.map(({ what, goal, measured: seen, reached, missedBy }) => [
        what,
        goal,
        seen,
        reached ? 'reached' : `missed by ${missedBy}`,
      ]),
    ])}`,
  ].join('\n\n');
}
