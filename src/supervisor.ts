import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { statFieldsAfterName } from './lib/is-alive.js';
import type { Log } from './ports/log.js';
import { SIGNS, type Sign } from './supervised.js';

export interface SupervisorOptions {
  /** The controller's program and its arguments, as arguments for Node. */
  readonly args: readonly string[];
  /** A controller that gives no sign of life for this long is killed and restarted; null: never. */
  readonly silenceMs: number | null;
  readonly log: Log;
  /** The service manager of the system, such as systemd. */
  readonly manager: { ready(): void; alive(): void; stopping(): void };
}

/**
 * The allowed silence until the controller is ready, because a start can block for long, for example while it
 * migrates a large database.
 */
const START_SILENCE_MS = 600_000;
const LOOK_MS = 1_000;
/** A check this late means that the supervisor or the machine was stopped, so silence proves nothing. */
const LATE_MS = 3_000;
/**
 * Waits before the next start, by the number of failures in a row. A run of LASTING_MS resets that number.
 */
const BACKOFF_MS = [0, 1_000, 2_000, 5_000, 10_000, 30_000] as const;
/**
 * A first start that a signal ended may have lacked memory, so it is retried up to this often. A first start
 * that exits by itself is not retried.
 */
const MOST_FIRST_STARTS = 5;
const LASTING_MS = 60_000;
/** Signals that mean a deliberate stop. */
const DELIBERATE = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies readonly NodeJS.Signals[];

/** How one run of the controller ended. */
interface Ended {
  readonly code: number;
  /** No restart: the controller was told to stop, or would fail in the same way. */
  readonly final: boolean;
}

/**
 * Keeps the controller running: restarts it when it crashes or its event loop stalls. Asterisk and the calls
 * go on meanwhile, and the new controller takes them over. The supervisor ends, with the controller's exit
 * code, after a failed first start, invalid settings or a deliberate stop.
 */
export class Supervisor {
  #child: ChildProcess | undefined;
  #stoppedBy: NodeJS.Signals | undefined;
  #wake = (): void => undefined;
  #failures = 0;
  #wasReady = false;

  constructor(private readonly options: SupervisorOptions) {}

  /** Runs the controller until it must not be started again. Resolves with its exit code. */
  async run(): Promise<number> {
    const forget = DELIBERATE.map((signal) => {
      const hear = (): void => this.#pass(signal);
      process.on(signal, hear);
      return () => process.off(signal, hear);
    });
    try {
      for (;;) {
        const { code, final } = await this.#once();
        if (final || this.#stoppedBy) return code;
        const waitMs = BACKOFF_MS[Math.min(this.#failures++, BACKOFF_MS.length - 1)] ?? 0;
        this.options.log.error('the controller ended; restarting it; calls go on', { code, waitMs });
        await this.#wait(waitMs);
        const stoppedBy = this.#stoppedBy as NodeJS.Signals | undefined;
        if (stoppedBy) return 128 + constants.signals[stoppedBy];
      }
    } finally {
      for (const off of forget) off();
    }
  }

  /** Passes a signal on to the controller, unless a terminal sent it to the whole process group. */
  #pass(signal: NodeJS.Signals): void {
    this.#stoppedBy ??= signal;
    this.options.manager.stopping();
    this.#wake();
    const sentToTheWholeGroup = process.stdin.isTTY && signal !== 'SIGTERM';
    if (!sentToTheWholeGroup) this.#child?.kill(signal);
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const looks = setInterval(() => this.options.manager.alive(), LOOK_MS);
      const timer = setTimeout(() => this.#wake(), ms);
      this.#wake = () => {
        clearInterval(looks);
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #once(): Promise<Ended> {
    const { args, log, manager, silenceMs } = this.options;
    // These variables are removed, because Asterisk, a child of the controller, would otherwise notify
    // systemd itself.
    const child = spawn(process.execPath, args, {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NOTIFY_SOCKET: undefined, WATCHDOG_USEC: undefined, WATCHDOG_PID: undefined },
    });
    this.#child = child;
    log.info('controller started', { pid: child.pid });
    const signs = new Set<Sign>();
    let [readyAt, heardAt, lookedAt] = [Infinity, performance.now(), performance.now()];
    child.on('message', (message) => {
      heardAt = performance.now();
      const sign = SIGNS.find((known) => known === message);
      if (sign === undefined) return;
      signs.add(sign);
      if (sign !== 'ready') return;
      readyAt = heardAt;
      if (!this.#wasReady) manager.ready();
      this.#wasReady = true;
    });
    const looks = setInterval(() => {
      const now = performance.now();
      if (now - lookedAt > LATE_MS || isStopped(child.pid)) heardAt = now;
      lookedAt = now;
      manager.alive();
      const limitMs = signs.has('ready') ? silenceMs : START_SILENCE_MS;
      if (silenceMs === null || limitMs === null || now - heardAt < limitMs) return;
      log.error('the controller does not answer; it is killed', {
        pid: child.pid,
        silentMs: Math.round(now - heardAt),
      });
      child.kill('SIGKILL');
      // The process may take a while to exit when the kernel waits for a disk.
      heardAt = now;
    }, LOOK_MS);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      // Not `exit`, because the last signs may arrive after that event.
      child.once('close', (code: number | null, signal: NodeJS.Signals | null) => {
        clearInterval(looks);
        this.#child = undefined;
        if (performance.now() - readyAt > LASTING_MS) this.#failures = 0;
        const deliberate = code === 0 || signs.has('stopping') || DELIBERATE.some((one) => one === signal);
        resolve({
          code: code ?? 128 + (signal ? constants.signals[signal] : 0),
          final:
            deliberate ||
            signs.has('bad settings') ||
            (!this.#wasReady && (code !== null || this.#failures >= MOST_FIRST_STARTS)),
        });
      });
    });
  }
}

/** Whether a signal or a debugger has stopped the process for now (proc(5)). */
function isStopped(pid: number | undefined): boolean {
  try {
    return /^[Tt]$/.test(statFieldsAfterName(readFileSync(`/proc/${pid}/stat`, 'utf8'))[0] ?? '');
  } catch {
    // This system has no /proc, or the process has just ended.
    return false;
  }
}
