import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Niceness of what measures: before all that is measured. */
const FIRST = -10;

/**
 * For `spawn`: the process gets a session of its own. Linux shares the CPU among sessions before it shares it among
 * processes (sched(7), "The autogroup feature"), so hundreds of threads of what is measured take less from one thread that
 * measures. A Ctrl-C no longer reaches it: whoever starts it ends it.
 */
export const APART = { detached: true } as const;

/**
 * Lets a process that measures, started {@link APART}, go before what it measures. The telephones of a real network have
 * machines of their own; one that gets no CPU here hears late what was sent in time, and that would be counted as the
 * dialer's. Where priorities may not be raised its session must do.
 */
export function goFirst(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, FIRST);
    // By the same right as the process's own.
    writeFileSync(`/proc/${pid}/autogroup`, String(FIRST));
  } catch {
    // Not root, no such feature, or just ended.
  }
}
