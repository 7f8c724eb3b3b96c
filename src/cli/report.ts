import type { ActionCounts, ActionTimeline } from '../app/services.js';
import type { Attempt } from '../domain/attempt.js';
import { OUTCOMES } from '../domain/outcome.js';
import type { Plan, Reality } from '../domain/plan.js';
import type { InboundCall, Tip } from '../domain/tip.js';

/** The responses of the API from which a report is made. */
export interface ReportInput {
  readonly action: {
    readonly number: number;
    readonly title: string;
    readonly kind: string;
    readonly state: string;
    readonly simulated: boolean;
    readonly result: string | null;
  };
  readonly counts: ActionCounts;
  readonly timeline: ActionTimeline;
  /** The plan as it was when the action started. */
  readonly plan: Pick<Plan, 'selected' | 'estimateSeconds' | 'basis'> | null;
  readonly reality: Reality;
  readonly attempts: readonly Pick<Attempt, 'participantId' | 'purpose' | 'outcome'>[];
  readonly tips: readonly Pick<Tip, 'type'>[];
  readonly inbound: readonly Pick<InboundCall, 'result'>[];
}

/**
 * The report of an action as text: people from selected to replayed, outcomes, times, tips, closing calls.
 */
export function formatReport(input: ReportInput): string {
  const { action, counts } = input;
  const ended = action.result === null ? action.state : `${action.state}, ${action.result}`;
  return [
    `Action ${action.number}: ${action.title} (${action.kind}; ${ended})`,
    ...(action.simulated ? ['SIMULATION: nobody real was called'] : []),
    '',
    'People',
    ...ladder(input),
    row(
      'reached',
      counts.reached,
      `${share(counts.reached, counts.selected)}, including people who called back or share a telephone`,
    ),
    '',
    'Calls by outcome',
    ...outcomes(counts),
    '',
    'Time after the start',
    ...times(input.timeline),
    ...planAndReality(input),
    '',
    'Tips',
    ...tips(input),
    ...closing(counts),
  ].join('\n');
}

function ladder({ counts, attempts }: ReportInput): string[] {
  const people = (wanted: (attempt: ReportInput['attempts'][number]) => boolean): number =>
    new Set(attempts.filter(wanted).map(({ participantId }) => participantId)).size;
  const called = attempts.filter(({ purpose }) => purpose !== 'closing');
  const steps: [string, number][] = [
    ['selected', counts.selected],
    ['dialed', people((attempt) => called.includes(attempt))],
    ['rang', counts.rang],
    ['answered', counts.answered],
    ['confirmed', people((attempt) => attempt.purpose !== 'closing' && attempt.outcome === 'confirmed')],
    ['heard', counts.heard],
    ['replayed', counts.replayed],
  ];
  return steps.map(([name, number]) =>
    row(name, number, `${share(number, counts.selected)} ${bar(number, counts.selected)}`),
  );
}

function outcomes(counts: ActionCounts): string[] {
  const seen = OUTCOMES.filter((outcome) => counts[outcome] > 0);
  const total = seen.reduce((sum, outcome) => sum + counts[outcome], 0);
  if (total === 0) return ['  none'];
  return seen.map((outcome) => row(outcome, counts[outcome], share(counts[outcome], total)));
}

function times(timeline: ActionTimeline): string[] {
  const { startedAt } = timeline;
  if (startedAt === null) return ['  not started'];
  const after = (name: string, at: number | null): string =>
    `  ${name.padEnd(22)}${(at === null ? '–' : seconds(at - startedAt)).padStart(10)}`;
  return [
    after('first call', timeline.firstInviteAt),
    after('half reached', timeline.halfReachedAt),
    after('ninety percent reached', timeline.ninetyReachedAt),
    after('everyone called', timeline.dialedOutAt),
    after('first tip', timeline.firstTipAt),
    after('closed', timeline.closedAt),
  ];
}

/**
 * The time until half, ninety percent and all of the selected people had been called once: planned and real.
 */
function planAndReality({ plan, reality }: ReportInput): string[] {
  if (plan === null) return [];
  const line = (name: string, planned: string, real: string): string =>
    `  ${name.padEnd(22)}${planned.padStart(12)}${real.padStart(12)}`;
  const time = (name: string, part: keyof Plan['estimateSeconds']): string => {
    const real = reality.calledOnceSeconds[part];
    return line(name, seconds(plan.estimateSeconds[part] * 1000), real === null ? '–' : seconds(real * 1000));
  };
  const count = (number: number): string => number.toLocaleString('en');
  return [
    '',
    `Plan and reality (planned from ${plan.basis === 'experience' ? 'earlier actions' : 'an estimate'})`,
    line('', 'planned', 'real'),
    time('half called once', 'half'),
    time('ninety percent', 'ninety'),
    time('all', 'all'),
    line('selected', count(plan.selected), count(reality.selected)),
    line('reached', '', count(reality.reached)),
  ];
}

function tips({ tips: all, inbound }: ReportInput): string[] {
  const conversations = all.filter(({ type }) => type === 'conversation').length;
  const results = ['connected', 'recorded', 'abandoned', 'refused'] as const;
  const calls = results.map((result) => `${inbound.filter((call) => call.result === result).length} ${result}`);
  return [
    row('conversations', conversations),
    row('recordings', all.length - conversations),
    row('calls to the tip line', inbound.length, inbound.length === 0 ? '' : `(${calls.join(', ')})`),
  ];
}

function closing(counts: ActionCounts): string[] {
  if (counts.closing_called === 0) return [];
  const answered = share(counts.closing_answered, counts.closing_called);
  return [
    '',
    'Closing message',
    row('called', counts.closing_called),
    row('answered', counts.closing_answered, answered),
  ];
}

function row(name: string, number: number, more = ''): string {
  return `  ${name.padEnd(22)}${number.toLocaleString('en').padStart(10)}  ${more}`.trimEnd();
}

function share(part: number, whole: number): string {
  return `${whole === 0 ? '–' : Math.round((100 * part) / whole)} %`.padStart(5);
}

function bar(part: number, whole: number): string {
  return '█'.repeat(whole === 0 ? 0 : Math.round((20 * part) / whole));
}

function seconds(ms: number): string {
  const whole = Math.round(ms / 1000);
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(whole / 60);
  return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
}
