import { readdirSync, readFileSync } from 'node:fs';
import { isAlive } from '../../src/lib/is-alive.js';

export interface RunningProcess {
  readonly pid: number;
  readonly command: string;
}

/** Processes whose command contains this text, such as the folder of a run. Zombies are left out. */
export function processesNaming(text: string): RunningProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return command.includes(text) && isAlive(Number(name)) ? [{ pid: Number(name), command }] : [];
      } catch {
        // The process has exited meanwhile.
        return [];
      }
    });
}
