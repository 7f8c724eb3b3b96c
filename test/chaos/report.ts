import { FAULT_KINDS } from './plan.js';
import type { RunResult } from './run.js';

type Counted = Pick<RunResult, 'faults' | 'calls' | 'callers' | 'tips' | 'liveAtFaults' | 'violations'>;

/** The summary that is printed at the end. */
export function summary(seed: number, results: readonly Counted[]): string[] {
  const faults = results.flatMap((result) => result.faults);
  const sum = (of: (result: Counted) => number): number => results.reduce((all, result) => all + of(result), 0);
  const violations = results.flatMap((result) => result.violations);
  const kinds = FAULT_KINDS.map((kind) => ({ kind, count: faults.filter((fault) => fault.kind === kind).length }));
  const back = faults.flatMap(({ backMs }) => (backMs === null ? [] : [backMs])).sort((a, b) => a - b);
  const slowest = Math.max(0, ...faults.map(({ at, until }) => until - at));
  return [
    `rounds      ${faults.length}, seed ${seed}`,
    `faults      ${kinds.flatMap(({ kind, count }) => (count === 0 ? [] : [`${kind} ${count}`])).join(', ') || 'none'}`,
    `calls       ${sum(({ calls }) => calls)}, ${sum(({ liveAtFaults }) => liveAtFaults)} live at a fault`,
    `tip line    ${sum(({ callers }) => callers)} callers, ${sum(({ tips }) => tips)} tips`,
    `calls go on ${back.length === 0 ? 'no process was started' : `${at(back, 0.5)} ms median, ${at(back, 0.9)} ms p90, ${at(back, 1)} ms at most after a process start`}`,
    `slowest     ${slowest} ms from a fault to ready`,
    `violations  ${violations.length}`,
  ];
}

const at = (sorted: readonly number[], share: number): number =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
