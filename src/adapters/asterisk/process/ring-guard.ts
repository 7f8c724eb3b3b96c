import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OwnAsterisk } from './asterisk-process.js';

export interface RingGuardOptions {
  readonly asterisk: Pick<OwnAsterisk, 'console'>;
  /** Folder of our Asterisk. The latest guard writes its process id there. */
  readonly folder: string;
  /** How long a telephone may ring. */
  readonly ringSeconds: number;
}

export interface RingGuard {
  /** Ends the guard. Called by a controller that stops and leaves no ringing call. Safe to repeat. */
  close(): void;
}

const SCRIPT = fileURLToPath(new URL('../../../../asterisk-config/ring-guard.sh', import.meta.url));

/**
 * Starts a shell that hangs up ringing calls when the controller has died and no other has started. A running
 * controller ends the ringing itself, by its monotonic clock. Asterisk cannot do that, because its limits use
 * the wall clock, and a step of that clock would end every ringing call. So the shell outlives the controller
 * for as long as a telephone may ring.
 */
export function startRingGuard({ asterisk, folder, ringSeconds }: RingGuardOptions): RingGuard {
  const { words, env } = asterisk.console;
  // The script itself sleeps for one second first.
  const seconds = String(Math.max(1, ringSeconds - 1));
  const child = spawn('/bin/sh', [SCRIPT, join(folder, 'ring-guard.pid'), seconds, ...words], {
    // A signal to the process group of the controller must not end the guard.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    env: { ...process.env, ...env },
  });
  child.unref();
  const { stdin } = child;
  // A running controller does not need its guard, so a guard that cannot start or is killed is not an error.
  child.on('error', () => undefined);
  stdin.on('error', () => undefined);
  return { close: () => stdin.end('done\n') };
}
