import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { orAborted } from '../../lib/abort.js';
import { environmentWithout } from '../../config.js';
import { createApi, type Api } from '../../cli/api-client.js';

export interface ServiceProcess {
  readonly api: Api;
  readonly token: string;
  readonly pid: number;
  /** Its log, one JSON object per line. */
  readonly logFile: string;
  /** Rejects when the service ends before `stop`. */
  readonly died: Promise<never>;
  /** Ends the service and its Asterisk, including live calls. */
  stop(): Promise<void>;
}

export interface ServiceSettings {
  readonly dataDir: string;
  readonly httpPort: number;
  readonly token: string;
  /** Further settings, by their names. */
  readonly settings: Readonly<Record<string, string>>;
  /** Aborts the start. */
  readonly signal: AbortSignal;
}

const READY_MS = 60_000;
const STOP_MS = 15_000;
/** Settings that the demo inherits. The other settings of a real installation must not reach a demo. */
const INHERITED = /^BURGERNET_(ALLOW_OLD_ASTERISK|SPEECH|SPEECH_COMMAND)$/;

/** Starts the service as a process of its own, as in production. Resolves when it is ready. */
export async function startService(options: ServiceSettings): Promise<ServiceProcess> {
  const { dataDir, httpPort, token, settings, signal } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o750 });
  const logFile = join(dataDir, 'service.log');
  const out = await open(logFile, 'w', 0o600);
  const child = spawn(process.execPath, programArguments(), {
    // A `.env` in our own working directory must not be read.
    cwd: dataDir,
    stdio: ['ignore', out.fd, out.fd],
    env: {
      ...environmentWithout('BURGERNET_', INHERITED),
      ...settings,
      BURGERNET_DATA: dataDir,
      BURGERNET_HTTP: `127.0.0.1:${httpPort}`,
      BURGERNET_TOKEN: token,
    },
  });
  await out.close();
  let stopping = false;
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => {
      resolve(null);
    });
    child.once('exit', resolve);
  });
  const died = ended.then(async (code): Promise<never> => {
    if (stopping) return new Promise<never>(() => undefined);
    throw new Error(`the service ended by itself (code ${code ?? 'none'}): ${await lastLines(logFile)}`);
  });
  died.catch(() => undefined);
  const api = createApi({ url: `http://127.0.0.1:${httpPort}`, token });
  const stop = async (): Promise<void> => {
    stopping = true;
    await end(child, ended);
    await endAsterisk(dataDir);
  };
  try {
    await orAborted(Promise.race([died, untilReady(api, signal)]), signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return { api, token, pid: child.pid ?? 0, logFile, died, stop };
}

/** `dist/main.js`, or the sources through tsx when these run from the sources. */
function programArguments(): string[] {
  const built = fileURLToPath(new URL('../../main.js', import.meta.url));
  if (existsSync(built)) return [built];
  return ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL('../../main.ts', import.meta.url))];
}

async function untilReady(api: Api, signal: AbortSignal): Promise<void> {
  let answer: Awaited<ReturnType<Api['probe']>>;
  for (
    const deadline = performance.now() + READY_MS;
    performance.now() < deadline && !signal.aborted;
    await pause(100)
  ) {
    answer = await api.probe('/readyz');
    if (answer?.status === 200) return;
  }
  throw new Error(
    `the service was not ready within ${READY_MS / 1000} s: ${JSON.stringify(answer?.body ?? 'no answer')}`,
  );
}

async function end(child: ChildProcess, ended: Promise<number | null>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  // SIGINT ends the service at once; SIGTERM would let live calls finish first.
  child.kill('SIGINT');
  const late = new AbortController();
  const inTime = await Promise.race([
    ended.then(() => true),
    pause(STOP_MS, false, { signal: late.signal }).catch(() => false),
  ]);
  late.abort();
  if (inTime) return;
  child.kill('SIGKILL');
  await ended;
}

/** Ends the Asterisk that a killed service left running. */
async function endAsterisk(dataDir: string): Promise<void> {
  const memory = await readFile(join(dataDir, 'asterisk', 'asterisk.json'), 'utf8').catch(() => '{}');
  const { pid } = JSON.parse(memory) as { pid?: number };
  if (pid === undefined || !(await isAsteriskOf(pid, dataDir))) return;
  process.kill(pid, 'SIGKILL');
}

/** Whether this pid still belongs to that Asterisk and not to another program. */
async function isAsteriskOf(pid: number, dataDir: string): Promise<boolean> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return line.includes(join(dataDir, 'asterisk'));
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-3).join(' / ');
}
