import type { ChildProcess } from 'node:child_process';

/** How a program ended. */
export type Ended = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * Waits for the end of a program. Always resolves exactly once, even when the program does not exist, refuses
 * its input, fails or hangs. Every error event of the process has a listener, because a missing program would
 * otherwise end the service.
 */
export function ended(child: ChildProcess, name: string, timeMs: number): Promise<Ended> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      done({ ok: false, reason: `${name} took longer than ${timeMs / 1000} seconds.` });
    }, timeMs);
    const done = (end: Ended): void => {
      clearTimeout(timer);
      resolve(end);
    };
    child.on('error', (error) => done({ ok: false, reason: `${name} cannot be run: ${error.message}.` }));
    // EPIPE: the program does not read its input. Its exit code decides.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.on('error', () => undefined);
    child.on('close', (code, signal) => {
      if (code === 0) done({ ok: true });
      else
        done({ ok: false, reason: `${name} ended with ${code === null ? `signal ${signal}` : `exit code ${code}`}.` });
    });
  });
}
