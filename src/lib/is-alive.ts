import { readFileSync } from 'node:fs';
import { fieldsAfterName } from './proc-stat.js';

/**
 * Whether this process runs. One that has ended and of which its parent has taken no note yet (a zombie, proc(5)) does not: it
 * can be sent signals all the same, and where the first process of a container takes note of none, for ever.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    const fields = fieldsAfterName(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    // While other threads of it are still ending, so are its sockets.
    return !ENDED.test(fields[STATE] ?? '') || Number(fields[THREADS]) > 1;
  } catch {
    // No such files on this system; or it ended in this instant, which the next look tells.
    return true;
  }
}

/** Places of `state` and `num_threads` among the fields after the name. */
const STATE = 0;
const THREADS = 17;
const ENDED = /^[ZX]$/;
