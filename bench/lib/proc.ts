import { readdirSync, readFileSync } from 'node:fs';
import { statFieldsAfterName } from '../../src/lib/is-alive.js';

/** Linux reports CPU time in hundredths of a second (USER_HZ, proc(5)). */
const MS_PER_TICK = 10;

/** CPU time of the whole machine since its boot, ms, summed over all processors. */
export interface MachineTime {
  /**
   * Time in programs, and time stolen by other virtual machines on the same hardware. Interrupts are left
   * out.
   */
  readonly busyMs: number;
  readonly totalMs: number;
}

/** Parses the text of /proc/stat. Throws when the text is something else. */
export function parseMachineTime(text: string): MachineTime {
  const line = /^cpu +(.*)$/m.exec(text)?.[1];
  const ticks = line?.split(' ').map(Number) ?? [];
  const [user, nice, system, idle, iowait, irq, softirq, steal = 0] = ticks;
  if (softirq === undefined || ticks.some(Number.isNaN)) throw new Error('/proc/stat has no line of all processors');
  const busy = (user ?? 0) + (nice ?? 0) + (system ?? 0) + steal;
  // Packets on loopback are carried in soft interrupts, which belong to no process. They are the benchmark's
  // own packets, so they are not counted as busy.
  return {
    busyMs: busy * MS_PER_TICK,
    totalMs: (busy + (idle ?? 0) + (iowait ?? 0) + (irq ?? 0) + softirq) * MS_PER_TICK,
  };
}

/** CPU time of one process with all its threads, ms. */
export interface ProcessTime {
  readonly ownMs: number;
  /** Time of the children that ended and were waited for. */
  readonly endedChildrenMs: number;
}

/** Parses the text of /proc/PID/stat; undefined when the text is something else. */
export function parseProcessTime(text: string): ProcessTime | undefined {
  const [user, system, childUser, childSystem] = statFieldsAfterName(text).slice(11, 15).map(Number);
  if (childSystem === undefined || Number.isNaN(childSystem)) return undefined;
  return {
    ownMs: ((user ?? 0) + (system ?? 0)) * MS_PER_TICK,
    endedChildrenMs: ((childUser ?? 0) + childSystem) * MS_PER_TICK,
  };
}

export function machineTime(): MachineTime {
  return parseMachineTime(readFileSync('/proc/stat', 'utf8'));
}

/** Undefined when the process has ended. */
export function processTime(pid: number): ProcessTime | undefined {
  try {
    return parseProcessTime(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * CPU time of all processes in /proc except `ours`, ms. When a process has ended and was waited for, its time
 * is counted with its parent.
 */
export function otherProcessesMs(ours: ReadonlySet<number>): number {
  let sum = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || ours.has(Number(name))) continue;
    const time = processTime(Number(name));
    sum += (time?.ownMs ?? 0) + (time?.endedChildrenMs ?? 0);
  }
  return sum;
}
