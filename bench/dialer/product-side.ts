import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../src/adapters/asterisk/ports-free.js';
import { createApi, type Api } from '../../src/cli/api-client.js';
import { environmentWithout } from '../../src/config.js';
import { endChild } from '../lib/children.js';
import { HOST, rtpRange, type Load, type Side, type StartSide } from './side.js';
import { messageWav } from './story.js';

/** Who is called when: an action each, in an area of its own. */
const POSTCODES = { warmUp: '8252AB', numbers: '8251AB' } as const;
const READY_MS = 60_000;
const STOP_MS = 15_000;

/** This product: the service as a process of its own with its own Asterisk, spoken to through its API alone. */
export function productSide(program: string): StartSide {
  return async (folder, farEnd, load) => {
    const dataDir = join(folder, 'data');
    await mkdir(dataDir, { recursive: true });
    const token = randomBytes(24).toString('base64url');
    const httpPort = await freePort(HOST);
    const logFile = join(dataDir, 'service.log');
    const out = await open(logFile, 'w', 0o600);
    const child = spawn(process.execPath, [program], {
      // A `.env` of the working directory is not the benchmark's.
      cwd: dataDir,
      stdio: ['ignore', out.fd, out.fd],
      env: {
        ...environmentWithout('BURGERNET_', /^BURGERNET_ALLOW_OLD_ASTERISK$/),
        ...(await settings(farEnd.port, load)),
        BURGERNET_DATA: dataDir,
        BURGERNET_HTTP: `${HOST}:${httpPort}`,
        BURGERNET_TOKEN: token,
      },
    });
    await out.close();
    const stop = async (): Promise<void> => {
      // SIGINT: at once; SIGTERM would let live calls finish first.
      await endChild(child, STOP_MS, 'SIGINT');
      await endAsterisk(dataDir);
    };
    try {
      const api = createApi({ url: `http://${HOST}:${httpPort}`, token });
      await untilReady(api, () => child.exitCode !== null || child.signalCode !== null, logFile);
      const actions = await prepare(api, load);
      return {
        pids: { asterisk: await asteriskPid(dataDir), controller: child.pid ?? 0 },
        begin: async (which) => {
          await api.post(`/actions/${actions[which]}/start`);
        },
        account: async () => {
          const { counts } = await api.get<{ counts: { confirmed: number } }>(`/actions/${actions.numbers}`);
          return { confirmed: counts.confirmed };
        },
        stop,
      } satisfies Side;
    } catch (error) {
      await stop();
      throw error;
    }
  };
}

async function settings(trunkPort: number, { lines, cps }: Load): Promise<Record<string, string>> {
  const rtp = rtpRange(lines);
  return {
    BURGERNET_SIP: `${HOST}:${await freePort(HOST)}`,
    BURGERNET_RTP: `${rtp.from}-${rtp.to}`,
    BURGERNET_TRUNK: `sip:${HOST}:${trunkPort}`,
    BURGERNET_LINES: String(lines),
    // The other side keeps no line free: both have the same lines for calls.
    BURGERNET_TIP_LINES: '0',
    BURGERNET_CPS: String(cps),
    BURGERNET_RETRY: 'off',
    BURGERNET_NIGHT: 'off',
    BURGERNET_SPEECH: 'embedded',
  };
}

/** Participants, message and actions, up to the start. Gives the actions' ids; 0 for one that calls nobody. */
async function prepare(api: Api, load: Load): Promise<{ readonly warmUp: number; readonly numbers: number }> {
  const rows = (['warmUp', 'numbers'] as const).flatMap((which) =>
    load[which].map((number) => `${number},${POSTCODES[which]},`),
  );
  await api.upload('/participants/import', 'text/csv', new Blob([`phone,postcode,name\n${rows.join('\n')}\n`]));
  const centralist = await api.post<{ id: number }>('/centralists', { name: 'Benchmark', extension: '101' });
  const recording = await api.upload<{ id: number }>('/recordings', 'audio/wav', new Blob([messageWav()]));
  const draft = async (which: 'warmUp' | 'numbers'): Promise<number> => {
    const people = load[which].length;
    if (people === 0) return 0;
    const { id, plan } = await api.post<{ id: number; plan: { callableNow: number } }>('/actions', {
      kind: 'theft',
      title: 'Benchmark',
      description: 'a call like any other',
      message: { recordingId: recording.id },
      area: { postcodes: [POSTCODES[which]] },
      centralistId: centralist.id,
      criteria: { timeCritical: true, clearDescription: true },
    });
    if (plan.callableNow === people) return id;
    throw new Error(`the product would call ${plan.callableNow} of ${people} participants`);
  };
  return { warmUp: await draft('warmUp'), numbers: await draft('numbers') };
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

/** A service that had to be killed has left its Asterisk running. */
async function endAsterisk(dataDir: string): Promise<void> {
  const pid = await asteriskPid(dataDir).catch(() => undefined);
  if (pid === undefined) return;
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  // It still is that Asterisk, and not some other program by now.
  if (line.includes(join(dataDir, 'asterisk'))) process.kill(pid, 'SIGKILL');
}
