import { readdirSync, readFileSync } from 'node:fs';
import { fieldsAfterName } from '../../src/lib/proc-stat.js';

/** Linux counts CPU time in hundredths of a second for programs (USER_HZ, proc(5)). */
const MS_PER_TICK = 10;

/** CPU time of the whole machine since its start, ms, over all processors. */
export interface MachineTime {
  /** Spent in programs, and stolen by other machines on the same hardware; without interrupts. */
  readonly busyMs: number;
  readonly totalMs: number;
}

/** Reads /proc/stat. Throws when it is none. */
export function parseMachineTime(text: string): MachineTime {
  const line = /^cpu +(.*)$/m.exec(text)?.[1];
  const ticks = line?.split(' ').map(Number) ?? [];
  const [user, nice, system, idle, iowait, irq, softirq, steal = 0] = ticks;
  if (softirq === undefined || ticks.some(Number.isNaN)) throw new Error('/proc/stat has no line of all processors');
  const busy = (user ?? 0) + (nice ?? 0) + (system ?? 0) + steal;
  // Packets on loopback are carried in soft interrupts that belong to no process: they are ours, and nobody's.
  return {
    busyMs: busy * MS_PER_TICK,
    totalMs: (busy + (idle ?? 0) + (iowait ?? 0) + (irq ?? 0) + softirq) * MS_PER_TICK,
  };
}

/** CPU time of one process with all its threads, ms. */
export interface ProcessTime {
  readonly ownMs: number;
  /** Of its children that ended and were waited for. */
  readonly endedChildrenMs: number;
}

/** Reads /proc/PID/stat; undefined when it is none. */
export function parseProcessTime(text: string): ProcessTime | undefined {
  const [user, system, childUser, childSystem] = fieldsAfterName(text).slice(11, 15).map(Number);
  if (childSystem === undefined || Number.isNaN(childSystem)) return undefined;
  return {
    ownMs: ((user ?? 0) + (system ?? 0)) * MS_PER_TICK,
    endedChildrenMs: ((childUser ?? 0) + childSystem) * MS_PER_TICK,
  };
}

export function machineTime(): MachineTime {
  return parseMachineTime(readFileSync('/proc/stat', 'utf8'));
}

/** Undefined when it is gone. */
export function processTime(pid: number): ProcessTime | undefined {
  try {
    return parseProcessTime(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** CPU time of all processes that can be seen but these, ms. What ends and is waited for stays counted, at its parent. */
export function otherProcessesMs(ours: ReadonlySet<number>): number {
  let sum = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || ours.has(Number(name))) continue;
    const time = processTime(Number(name));
    sum += (time?.ownMs ?? 0) + (time?.endedChildrenMs ?? 0);
  }
  return sum;
}
