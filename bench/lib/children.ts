import type { ChildProcess } from 'node:child_process';

/** Ends a child of ours: asks, waits, and then insists. Resolves when it is gone. */
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
