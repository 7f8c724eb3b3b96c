import { readFileSync } from 'node:fs';

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

/** CPU time of one process with all its threads, ms, from /proc/PID/stat; undefined when it is not readable as such. */
export function parseProcessMs(text: string): number | undefined {
  // The program's name is in parentheses and may hold anything, parentheses too.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return fields.length < 13 || Number.isNaN(user + system) ? undefined : (user + system) * MS_PER_TICK;
}

export function machineTime(): MachineTime {
  return parseMachineTime(readFileSync('/proc/stat', 'utf8'));
}

/** CPU time of a process; 0 when it is gone. */
export function processMs(pid: number): number {
  try {
    return parseProcessMs(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? 0;
  } catch {
    return 0;
  }
}
