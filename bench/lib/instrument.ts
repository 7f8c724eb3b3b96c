import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Niceness of the measuring processes: a higher priority than any measured process. */
const FIRST = -10;

/**
 * Option for `spawn`: the process gets a session of its own. Linux divides the CPU among sessions before it
 * divides it among processes (sched(7), "The autogroup feature"). A session of its own keeps hundreds of
 * measured threads from taking too much from one measuring thread. Ctrl-C does not reach such a process, so
 * the code that starts it must end it.
 */
export const APART = { detached: true } as const;

/**
 * Raises the priority of a measuring process that was started {@link APART}. Real telephones do not share a
 * machine with the dialer. Here, a far end that gets no CPU would receive late what was sent in time, and the
 * delay would be counted as the dialer's. Where priorities may not be raised, only the session of its own
 * helps.
 */
export function goFirst(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, FIRST);
    // This needs the same permission as the priority of the process.
    writeFileSync(`/proc/${pid}/autogroup`, String(FIRST));
  } catch {
    // We are not root, the kernel has no autogroups, or the process has just ended.
  }
}
