import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createApi, type Api } from '../../src/cli/api-client.js';
import { readToken } from '../../src/config.js';
import { orAborted } from '../../src/lib/abort.js';
import { isAlive } from '../../src/lib/is-alive.js';
import { rememberedAsterisk, startProgram, type Exit, type Program } from '../telephone/support/program.js';

/** How long the service may take before something is wrong, ms. These are no promises of it, they only end a wait. */
const READY_MS = 30_000;
const ASK_MS = 60_000;
/** Nobody waits longer for one answer: fetch in Node 20 may wait for ever on a process that was killed meanwhile. */
const ANSWER_MS = 8_000;
const LOOK_MS = 50;

/** The service under test: its process, killed and started again, and its API whatever process answers it. */
export class Controller {
  #program: Program | undefined;
  #url = '';
  #closed = false;
  /** Of the process that is meant to run. */
  startedAt = 0;

  constructor(
    private readonly folder: string,
    private readonly settings: Readonly<Record<string, string>>,
    private readonly onTrouble: (what: string) => void,
    /** Arguments for Node; the sources when not given. */
    private readonly program?: readonly string[],
  ) {}

  get dataDir(): string {
    return this.settings['BURGERNET_DATA'] ?? '';
  }

  /** Starts a process and waits until it is ready; ms from its start until calls go on, or undefined when it ended instead. */
  async start(): Promise<number | undefined> {
    const from = performance.now();
    const program = this.launch();
    return this.untilReady(program, from);
  }

  /** Starts a process and does not wait for it. */
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
      this.onTrouble(error instanceof Error ? error.message : String(error));
      return undefined;
    } finally {
      late.abort();
    }
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#program?.kill('SIGKILL');
    await this.#program?.exit;
  }

  /** Kills it, and lets none be started any more. */
  close(): Promise<void> {
    this.#closed = true;
    return this.kill();
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#program?.kill(signal);
  }

  /** Told to stop; how it ended. */
  async stop(): Promise<Exit> {
    this.#program?.kill('SIGTERM');
    return this.#program?.exit ?? { code: null, said: ['it was never started'] };
  }

  /** Kills the Asterisk that runs now; undefined when there is none. */
  killAsterisk(): number | undefined {
    const pid = rememberedAsterisk(this.dataDir);
    if (pid === undefined || !isAlive(pid)) return undefined;
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  /** Resolves with true when the service says that it reaches its Asterisk, and that is not `before`. */
  async reachesAsterisk(withinMs: number, before?: number): Promise<boolean> {
    for (const end = performance.now() + withinMs; performance.now() < end; await pause(LOOK_MS)) {
      if (before !== undefined && rememberedAsterisk(this.dataDir) === before) continue;
      const answer = await createApi({ url: this.#url, token: '' }).probe('/readyz');
      const body = answer?.body as { parts?: Record<string, { ok: boolean }> } | undefined;
      if (body?.parts?.['asterisk']?.ok === true) return true;
    }
    return false;
  }

  /** Asks until somebody answers: the process may be dead or stopped just now. Only for what may be asked twice. */
  async insist<T>(ask: (api: Api) => Promise<T>): Promise<T> {
    for (const end = performance.now() + ASK_MS; ; await pause(LOOK_MS)) {
      try {
        return await orAborted(ask(this.#api()), AbortSignal.timeout(ANSWER_MS));
      } catch (error) {
        if (performance.now() > end) throw error;
      }
    }
  }

  /** Asks once; undefined when nobody answers, or the answer is no. */
  tryOnce<T>(ask: (api: Api) => Promise<T>): Promise<T | undefined> {
    return ask(this.#api()).catch(() => undefined);
  }

  #api(): Api {
    return createApi({ url: this.#url, token: readToken({ dataDir: this.dataDir, token: undefined }) ?? '' });
  }

  /** Where its Asterisk answers, from the file by which the service itself finds it. */
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
