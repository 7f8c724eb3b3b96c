import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createApi, type Api } from '../../src/cli/api-client.js';
import { readToken } from '../../src/config.js';
import { orAborted } from '../../src/lib/abort.js';
import { isAlive } from '../../src/lib/is-alive.js';
import { rememberedAsterisk, startProgram, type Exit, type Program } from '../telephone/support/program.js';

/** The longest waits for the service, ms. These only end a wait; the service does not promise these times. */
const READY_MS = 30_000;
const ASK_MS = 60_000;
/** The longest wait for one answer, because in Node 20 fetch can wait forever for a killed process. */
const ANSWER_MS = 8_000;
const LOOK_MS = 50;

/** The service under test: its process, which is killed and started again, and the API of that process. */
export class Controller {
  #program: Program | undefined;
  #url = '';
  #closed = false;
  /** When the latest process was started, ms UTC. */
  startedAt = 0;

  constructor(
    private readonly folder: string,
    private readonly settings: Readonly<Record<string, string>>,
    private readonly onProblem: (what: string) => void,
    /** Arguments for Node; without them, the sources are run. */
    private readonly program?: readonly string[],
  ) {}

  get dataDir(): string {
    return this.settings['BURGERNET_DATA'] ?? '';
  }

  /**
   * Starts a process and waits until it is ready. Resolves with the time from the start until calls went
   * on, ms, or with undefined when the start failed.
   */
  async start(): Promise<number | undefined> {
    const from = performance.now();
    const program = this.launch();
    return this.untilReady(program, from);
  }

  /** Starts a process without waiting for it. */
  launch(): Program {
    if (this.#closed) throw new Error('the run is over');
    this.startedAt = Date.now();
    this.#program = startProgram(this.folder, this.settings, this.program);
    return this.#program;
  }

  async untilReady(program: Program, from: number): Promise<number | undefined> {
    const late = new AbortController();
    try {
      const [callsGoOnMs, url] = await Promise.race([
        Promise.all([program.logged('calls go on').then(() => performance.now() - from), program.ready()]),
        pause(READY_MS, undefined, { signal: late.signal }).then(() => {
          throw new Error(`the service was not ready ${READY_MS / 1000} s after its start`);
        }),
      ]);
      this.#url = url;
      return callsGoOnMs;
    } catch (error) {
      this.onProblem(error instanceof Error ? error.message : String(error));
      return undefined;
    } finally {
      late.abort();
    }
  }

  /** Kills the process with SIGKILL. Resolves when it has exited. */
  async kill(): Promise<void> {
    this.#program?.kill('SIGKILL');
    await this.#program?.exit;
  }

  /** Kills the process, and refuses to start another. */
  close(): Promise<void> {
    this.#closed = true;
    return this.kill();
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#program?.kill(signal);
  }

  /** Stops the process with SIGTERM. Resolves with how it ended. */
  async stop(): Promise<Exit> {
    this.#program?.kill('SIGTERM');
    return this.#program?.exit ?? { code: null, said: ['it was never started'] };
  }

  /** Kills the Asterisk that runs now. Returns its pid; undefined when none runs. */
  killAsterisk(): number | undefined {
    const pid = rememberedAsterisk(this.dataDir);
    if (pid === undefined || !isAlive(pid)) return undefined;
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  /** Resolves with true once the service reports that it reaches an Asterisk whose pid is not `before`. */
  async reachesAsterisk(withinMs: number, before?: number): Promise<boolean> {
    for (const end = performance.now() + withinMs; performance.now() < end; await pause(LOOK_MS)) {
      if (before !== undefined && rememberedAsterisk(this.dataDir) === before) continue;
      const answer = await createApi({ url: this.#url, token: '' }).probe('/readyz');
      const body = answer?.body as { parts?: Record<string, { ok: boolean }> } | undefined;
      if (body?.parts?.['asterisk']?.ok === true) return true;
    }
    return false;
  }

  /** Repeats a repeatable request until it is answered, because the process may be dead or stopped. */
  async insist<T>(ask: (api: Api) => Promise<T>): Promise<T> {
    for (const end = performance.now() + ASK_MS; ; await pause(LOOK_MS)) {
      try {
        return await orAborted(ask(this.#api()), AbortSignal.timeout(ANSWER_MS));
      } catch (error) {
        if (performance.now() > end) throw error;
      }
    }
  }

  /** Makes a request once. Resolves with undefined when it fails or is not answered. */
  tryOnce<T>(ask: (api: Api) => Promise<T>): Promise<T | undefined> {
    return ask(this.#api()).catch(() => undefined);
  }

  #api(): Api {
    return createApi({ url: this.#url, token: readToken({ dataDir: this.dataDir, token: undefined }) ?? '' });
  }

  /** The ARI address of its Asterisk, from the file in which the service keeps it. */
  ari(): { readonly url: string; readonly authorization: string } | undefined {
    try {
      const kept = JSON.parse(readFileSync(join(this.dataDir, 'asterisk', 'asterisk.json'), 'utf8')) as {
        ariPort: number;
        ariPassword: string;
      };
      const key = Buffer.from(`burgernet:${kept.ariPassword}`).toString('base64');
      return { url: `http://127.0.0.1:${kept.ariPort}`, authorization: `Basic ${key}` };
    } catch {
      return undefined;
    }
  }
}
