import { machineTime, otherProcessesMs, processTime, type MachineTime } from './proc.js';

/** CPU time of the machine, of each of our processes, and of all other processes, at one instant. */
export interface CpuSample<Name extends string> {
  readonly machine: MachineTime;
  readonly ownMs: Readonly<Record<Name, number>>;
  readonly othersMs: number;
}

export interface CpuUse<Name extends string> {
  /** CPU time of each of our processes, ms. */
  readonly ownMs: Readonly<Record<Name, number>>;
  /** Share of the machine's CPU time, 0 to 1, that other processes took. */
  readonly othersShare: number;
  /** Share of the machine's CPU time, 0 to 1, that all processes took. */
  readonly busyShare: number;
}

/**
 * CPU use between two samples. The share of other processes is measured in two ways, and the larger one
 * counts: how busy the machine was beyond our processes, which includes processes outside our container,
 * and the CPU time of the other processes in /proc.
 */
export function cpuBetween<Name extends string>(before: CpuSample<Name>, after: CpuSample<Name>): CpuUse<Name> {
  const names = Object.keys(after.ownMs) as Name[];
  const spent = names.map((name) => [name, Math.max(0, after.ownMs[name] - before.ownMs[name])] as const);
  const ours = spent.reduce((sum, [, ms]) => sum + ms, 0);
  const busy = after.machine.busyMs - before.machine.busyMs;
  const total = Math.max(1, after.machine.totalMs - before.machine.totalMs);
  return {
    ownMs: Object.fromEntries(spent) as Record<Name, number>,
    othersShare: Math.max(0, busy - ours, after.othersMs - before.othersMs) / total,
    busyShare: busy / total,
  };
}

/** Samples the processes with these ids. Id 0 stands for a process that does not exist. */
export function sampleCpu<Name extends string>(pids: Readonly<Record<Name, number>>): CpuSample<Name> {
  const entries = Object.entries<number>(pids);
  const own = entries.map(([name, pid]) => [name, pid === 0 ? 0 : (processTime(pid)?.ownMs ?? 0)]);
  return {
    machine: machineTime(),
    ownMs: Object.fromEntries(own) as Record<Name, number>,
    othersMs: otherProcessesMs(new Set(entries.map(([, pid]) => pid))),
  };
}
