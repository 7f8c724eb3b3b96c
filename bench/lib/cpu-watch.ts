import { machineTime, processMs, type MachineTime } from './proc.js';

/** CPU time of the machine and of each process of ours at one instant. */
export interface CpuSample<Name extends string> {
  readonly machine: MachineTime;
  readonly ownMs: Readonly<Record<Name, number>>;
}

export interface CpuUse<Name extends string> {
  /** CPU time that each process of ours took, ms. */
  readonly ownMs: Readonly<Record<Name, number>>;
  /** Share of the machine's CPU time, 0 to 1, that was taken by others. */
  readonly othersShare: number;
  /** Share of the machine's CPU time, 0 to 1, that was taken by anybody. */
  readonly busyShare: number;
}

/** What was used between two samples. */
export function cpuBetween<Name extends string>(before: CpuSample<Name>, after: CpuSample<Name>): CpuUse<Name> {
  const names = Object.keys(after.ownMs) as Name[];
  const spent = names.map((name) => [name, Math.max(0, after.ownMs[name] - before.ownMs[name])] as const);
  const ours = spent.reduce((sum, [, ms]) => sum + ms, 0);
  const busy = after.machine.busyMs - before.machine.busyMs;
  const total = Math.max(1, after.machine.totalMs - before.machine.totalMs);
  return {
    ownMs: Object.fromEntries(spent) as Record<Name, number>,
    othersShare: Math.max(0, busy - ours) / total,
    busyShare: busy / total,
  };
}

/** Samples the processes with these ids. */
export function sampleCpu<Name extends string>(pids: Readonly<Record<Name, number>>): CpuSample<Name> {
  const own = Object.entries<number>(pids).map(([name, pid]) => [name, processMs(pid)]);
  return { machine: machineTime(), ownMs: Object.fromEntries(own) as Record<Name, number> };
}
