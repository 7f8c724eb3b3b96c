import { readFileSync } from 'node:fs';

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
    // The state follows the command's name, which stands in brackets and may hold any character.
    return !/^[ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, ''));
  } catch {
    // No such files on this system; or it ended in this instant, which the next look tells.
    return true;
  }
}
