import { spawn } from 'node:child_process';

export interface SystemManagerOptions {
  /** Whether it waits to be told at all. */
  readonly notifies: boolean;
  /** How often it is to hear that we are alive; undefined: it does not ask. */
  readonly everyMs: number | undefined;
  /** Called once. */
  readonly onFault: (error: unknown) => void;
}

/** systemd, as sd_notify(3) has it, told by its own program: Node has no datagrams on a local socket. */
export function systemManager({ notifies, everyMs, onFault }: SystemManagerOptions): {
  ready(): void;
  alive(): void;
  stopping(): void;
} {
  let toldAt = -Infinity;
  let failed = false;
  const tell = (state: string): void => {
    if (!notifies || failed) return;
    const child = spawn('systemd-notify', [state], { stdio: 'ignore' });
    child.once('error', (error) => {
      failed = true;
      onFault(error);
    });
  };
  return {
    ready: () => tell('READY=1'),
    stopping: () => tell('STOPPING=1'),
    alive: () => {
      const now = performance.now();
      if (everyMs === undefined || now - toldAt < everyMs) return;
      toldAt = now;
      tell('WATCHDOG=1');
    },
  };
}
