import { readFileSync } from 'node:fs';

/**
 * Whether this process runs. A process that has ended, but that its parent has not waited for (a zombie,
 * proc(5)), does not run, although it can be sent signals. In a container whose first process waits for none,
 * a zombie stays forever.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    const fields = statFieldsAfterName(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    // While other threads of the process are still ending, its sockets are still open.
    return !ENDED.test(fields[STATE] ?? '') || Number(fields[THREADS]) > 1;
  } catch {
    // Either this system has no /proc, or the process ended in this instant. The next check tells which.
    return true;
  }
}

/**
 * The fields of /proc/PID/stat after the command's name: field N of proc(5) is at N - 3. The name stands in
 * brackets and may contain any character, brackets too.
 */
export const statFieldsAfterName = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ');

/** Places of `state` and `num_threads` among the fields after the name. */
const STATE = 0;
const THREADS = 17;
const ENDED = /^[ZX]$/;
