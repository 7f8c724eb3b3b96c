import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { createApi, type Api } from '../../src/cli/api-client.js';
import { environmentWithout } from '../../src/config.js';
import { endChild } from './children.js';

const HOST = '127.0.0.1';
const READY_MS = 60_000;
const STOP_MS = 15_000;

/** The product as it is built: a separate process with its own Asterisk. The benchmark uses only its API. */
export interface Product {
  readonly api: Api;
  readonly pids: { readonly asterisk: number; readonly controller: number };
  readonly dataDir: string;
  /** Stops at once, without waiting for live calls. */
  stop(): Promise<void>;
}

export interface ProductOptions {
  /** `dist/main.js`. */
  readonly program: string;
  readonly folder: string;
  /** BURGERNET_… settings, except those for the data folder, HTTP and the token. */
  readonly settings: Readonly<Record<string, string>>;
  /** Called before the start with the empty data folder. */
  readonly fill?: (dataDir: string) => Promise<void>;
}

export async function startProduct({ program, folder, settings, fill }: ProductOptions): Promise<Product> {
  const dataDir = join(folder, 'data');
  await mkdir(dataDir, { recursive: true });
  await fill?.(dataDir);
  const token = randomBytes(24).toString('base64url');
  const httpPort = await freePort(HOST);
  const logFile = join(dataDir, 'service.log');
  const out = await open(logFile, 'w', 0o600);
  const child = spawn(process.execPath, [program], {
    // A `.env` in the working directory of the benchmark must not be read.
    cwd: dataDir,
    stdio: ['ignore', out.fd, out.fd],
    env: {
      ...environmentWithout('BURGERNET_', /^BURGERNET_ALLOW_OLD_ASTERISK$/),
      ...settings,
      BURGERNET_DATA: dataDir,
      BURGERNET_HTTP: `${HOST}:${httpPort}`,
      BURGERNET_TOKEN: token,
    },
  });
  await out.close();
  const stop = async (): Promise<void> => {
    // SIGINT stops at once. SIGTERM would let live calls finish first.
    await endChild(child, STOP_MS, 'SIGINT');
    await endAsterisk(dataDir);
  };
  try {
    const api = createApi({ url: `http://${HOST}:${httpPort}`, token });
    await untilReady(api, () => child.exitCode !== null || child.signalCode !== null, logFile);
    return { api, pids: { asterisk: await asteriskPid(dataDir), controller: child.pid ?? 0 }, dataDir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilReady(api: Api, ended: () => boolean, logFile: string): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while ((await api.probe('/readyz'))?.status !== 200) {
    if (ended() || performance.now() > deadline) {
      const lines = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n');
      throw new Error(`the service did not become ready: ${lines.slice(-3).join(' / ')}`);
    }
    await pause(100);
  }
}

async function asteriskPid(dataDir: string): Promise<number> {
  const { pid } = JSON.parse(await readFile(join(dataDir, 'asterisk', 'asterisk.json'), 'utf8')) as { pid: number };
  return pid;
}

/** Ends the Asterisk that a killed service has left running. */
async function endAsterisk(dataDir: string): Promise<void> {
  const pid = await asteriskPid(dataDir).catch(() => undefined);
  if (pid === undefined) return;
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  // Another program may have this process id by now.
  if (line.includes(join(dataDir, 'asterisk'))) process.kill(pid, 'SIGKILL');
}
