import { spawn } from 'node:child_process';

export interface SystemManagerOptions {
  /** Whether systemd started the controller and wants notifications. */
  readonly notifies: boolean;
  /** Interval of the watchdog notifications; undefined without a watchdog. */
  readonly everyMs: number | undefined;
  /** Called at the first failure. No notification is sent after it. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Sends the notifications of sd_notify(3) to systemd. The program `systemd-notify` sends them, because Node
 * has no datagrams on a local socket.
 */
export function systemManager({ notifies, everyMs, onFault }: SystemManagerOptions): {
  ready(): void;
  alive(): void;
  stopping(): void;
} {
  let notifiedAt = -Infinity;
  let failed = false;
  const notify = (state: string): void => {
    if (!notifies || failed) return;
    const child = spawn('systemd-notify', [state], { stdio: 'ignore' });
    child.once('error', (error) => {
      failed = true;
      onFault(error);
    });
  };
  return {
    ready: () => notify('READY=1'),
    stopping: () => notify('STOPPING=1'),
    alive: () => {
      const now = performance.now();
      if (everyMs === undefined || now - notifiedAt < everyMs) return;
      notifiedAt = now;
      notify('WATCHDOG=1');
    },
  };
}
