import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../src/adapters/asterisk/process/ports-free.js';
import { createPinoLog } from '../../../src/adapters/log/pino-log.js';
import { createApi, type Api } from '../../../src/cli/api-client.js';
import { readToken } from '../../../src/config.js';
import { isAlive } from '../../../src/lib/is-alive.js';
import { startPhoneNetwork, type PhoneCall, type PhoneNetwork } from '../../../src/phonenet/index.js';
import { processesNaming } from '../../support/processes.js';
import { eventually } from './eventually.js';
import { startProgram, type Program } from './program.js';
import { addCentralist, draftTheft } from './theft.js';

const HOST = '127.0.0.1';
const CALL_MS = 40_000;
const KILLED_MS = 10_000;
/** How the names of the data folders begin. */
const DATA = 'data';

/**
 * One phone network, and the programs of a test file on it: each test starts the service as a process of its
 * own.
 */
export class ProgramNetwork {
  #folders = 0;
  readonly #programs: Program[] = [];

  private constructor(
    /** Everything that the tests write. */
    readonly folder: string,
    readonly network: PhoneNetwork,
    readonly sipPort: number,
    readonly rtp: { readonly from: number; readonly to: number },
  ) {}

  /** @param name part of the name of the temporary folder */
  static async start(name: string): Promise<ProgramNetwork> {
    const folder = mkdtempSync(join(tmpdir(), `bn-${name}-`));
    const sipPort = await freePort(HOST);
    const from = 20_000 + 2 * Math.floor(Math.random() * 4_000);
    const network = await startPhoneNetwork({
      folder: join(folder, 'net'),
      sip: { host: HOST, port: await freePort(HOST) },
      service: { host: HOST, port: sipPort },
      rtp: { from: from + 10_000, to: from + 10_999 },
      log: createPinoLog({ level: 'error' }),
    });
    return new ProgramNetwork(folder, network, sipPort, { from, to: from + 999 });
  }

  /** The data folder of the programs that are started now. */
  get dataDir(): string {
    return join(this.folder, `${DATA}-${this.#folders}`);
  }

  /** The programs of this test, in the order of their start. */
  get programs(): readonly Program[] {
    return this.#programs;
  }

  /** Programs that are started from now on have a data folder of their own. */
  nextDataDir(): void {
    this.#folders += 1;
  }

  /**
   * Starts the service with these settings, which add to or replace the usual ones. The other arguments are
   * those of `startProgram`.
   */
  run(
    settings: Readonly<Record<string, string>> = {},
    program?: readonly string[],
    enter?: readonly string[],
  ): Program {
    const started = startProgram(
      this.folder,
      {
        BURGERNET_DATA: this.dataDir,
        BURGERNET_HTTP: `${HOST}:0`,
        BURGERNET_SIP: `${HOST}:${this.sipPort}`,
        BURGERNET_RTP: `${this.rtp.from}-${this.rtp.to}`,
        BURGERNET_TRUNK: this.network.trunk,
        BURGERNET_NIGHT: 'off',
        BURGERNET_RETRY: 'off',
        ...settings,
      },
      program,
      enter,
    );
    this.#programs.push(started);
    return started;
  }

  api(url: string, dataDir = this.dataDir): Api {
    return createApi({ url, token: readToken({ dataDir, token: undefined }) ?? '' });
  }

  /** The first call to this number that fits. */
  callTo(phone: string, fits: (call: PhoneCall) => boolean): Promise<PhoneCall> {
    return this.network.until(
      (call) => call.number.endsWith(phone.slice(-9)) && fits(call),
      CALL_MS,
      `call to ${phone}`,
    );
  }

  /** Starts the first action of the service at `url`, which calls these numbers. */
  async alert(url: string, phones: readonly string[]): Promise<Api> {
    const api = this.api(url);
    for (const phone of phones) await api.post('/participants', { phones: [phone], postcodes: ['8251AB'] });
    const id = await draftTheft(api, '8251', await addCentralist(api));
    await api.post(`/actions/${id}/start`);
    return api;
  }

  /**
   * Kills the programs of this test and their child processes. Resolves with the process ids of the children
   * that were still running, once everything has ended. A child that its program has not reported yet, when a
   * test took too long, is found by its data folder.
   */
  async killPrograms(
    children: (program: Program) => readonly number[] = (program) => program.asterisks(),
  ): Promise<readonly number[]> {
    const running: number[] = [];
    for (const program of this.#programs.splice(0)) {
      program.kill('SIGKILL');
      await program.exit;
      running.push(...children(program).filter(isAlive));
    }
    const all = [...running, ...processesNaming(join(this.folder, DATA)).map(({ pid }) => pid)];
    for (const pid of all) kill(pid);
    const allEnded = (): true | undefined => !all.some(isAlive) || undefined;
    await eventually(allEnded, KILLED_MS, 'the end of the processes that were killed');
    return running;
  }

  /** Also ends the programs of a test that went on after its end, because it took too long. */
  async stop(): Promise<void> {
    await this.killPrograms();
    await this.network.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // The process has ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
