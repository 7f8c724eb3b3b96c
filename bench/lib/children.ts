import type { ChildProcess } from 'node:child_process';

/** Ends a child process: sends `ask`, and SIGKILL after `waitMs`. Resolves when the process has exited. */
export async function endChild(child: ChildProcess, waitMs: number, ask: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  child.kill(ask);
  const insist = setTimeout(() => {
    child.kill('SIGKILL');
  }, waitMs);
  await gone;
  clearTimeout(insist);
}
