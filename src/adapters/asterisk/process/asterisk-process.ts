import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findAsterisk, isAccepted, MINIMUM_ASTERISK, versionOnPath } from '../../../../scripts/lib/asterisk-root.mjs';
import { isAlive } from '../../../lib/is-alive.js';
import type { Log } from '../../../ports/log.js';
import { parseAriAddress, type AriAddress } from '../ari/address.js';
import { renderConfig } from './config-files.js';
import { ARI_HOST, ARI_USER, type AsteriskFolders, type MakeValues } from './config-values.js';
import { lastWords, logEnds, OUTPUT_LOG } from './asterisk-log.js';
import { AsteriskUnusable } from '../ari/errors.js';
import { freePort, portFree } from './ports-free.js';
import { SIP_TAP_HOST } from '../sip/sip-tap.js';

export interface OwnAsteriskOptions {
  /** Everything of our Asterisk lies below this folder. */
  readonly folder: string;
  /** Folder of the configuration's templates. */
  readonly templates: string;
  /** Their values. */
  readonly values: MakeValues;
  /** Where it is to listen for SIP, and the setting that says so, for the message when it is in use; also with TLS. */
  readonly sip: Listens;
  readonly tls?: Listens;
  readonly allowOld: boolean;
  /** No file that it writes becomes larger: its log is begun anew then. Enough for the longest call that is recorded. */
  readonly largestFileBytes?: number;
  readonly log: Log;
}

export interface Listens {
  readonly setting: string;
  readonly host: string;
  readonly port: number;
}

export interface OwnAsterisk {
  readonly address: AriAddress;
  readonly folders: AsteriskFolders;
  readonly pid: number;
  /** Where it sends copies of SIP messages, on loopback (sip-tap.ts). */
  readonly sipTapPort: number;
  /** It was running already, with this configuration: its calls have gone on without us. */
  readonly adopted: boolean;
  /** A program on this machine that takes `-rx` and a command for it. */
  readonly console: { readonly words: readonly string[]; readonly env: Readonly<Record<string, string>> };
  isRunning(): boolean;
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>;
}

/** What is kept of a running Asterisk, for the next start of the service. */
interface Remembered {
  readonly ariPort: number;
  readonly ariPassword: string;
  /** Absent before the first start, and where an earlier version kept it. */
  readonly sipTapPort?: number;
  readonly pid?: number;
  readonly configHash?: string;
}

/** Half an hour of a conversation is 29 MB. */
const LARGEST_FILE_BYTES = 64 * 1024 * 1024;
/** The units of `ulimit -f` (POSIX). */
const BLOCK_BYTES = 512;
const START_MS = 20_000;
const STOP_MS = 8_000;

/**
 * Our own Asterisk, as a process that outlives us: when the service dies its calls go on, and the next start of the
 * service finds it by its process id and secret. Throws {@link AsteriskUnusable} with what to do.
 */
export async function startOwnAsterisk(options: OwnAsteriskOptions): Promise<OwnAsterisk> {
  const { folder, log } = options;
  const program = await findAsterisk();
  if (!program) throw await noProgram(options.allowOld);
  const folders = await makeFolders(folder);
  const memory = join(folder, 'asterisk.json');
  const before = await remember(memory);
  // Kept once chosen: one that still runs sends there, and a service that starts it anew listens there already.
  const { ariPort, ariPassword, sipTapPort = await freePort(SIP_TAP_HOST) } = before;
  const secrets = { ariPort, ariPassword, sipTapPort };
  const values = await options.values(folders, secrets, program);
  const configHash = await renderConfig(options.templates, folders.etc, values);
  const address = parseAriAddress(`http://${ARI_USER}:${secrets.ariPassword}@${ARI_HOST}:${secrets.ariPort}`);

  const words = [program.command, ...program.args, '-C', join(folders.etc, 'asterisk.conf')];
  const console = { words, env: program.env };
  if (before.pid !== undefined && isAlive(before.pid) && (await answers(address))) {
    if (before.configHash === configHash) {
      log.info('asterisk is running already', { pid: before.pid });
      const { pid } = before;
      return {
        address,
        folders,
        pid,
        sipTapPort,
        console,
        adopted: true,
        isRunning: () => isAlive(pid),
        stop: () => stop(pid),
      };
    }
    log.info('asterisk runs with other settings; starting it anew', { pid: before.pid });
    await stop(before.pid);
  }
  await demandFreePorts([options.sip, ...(options.tls ? [options.tls] : [])], secrets.ariPort);
  // What the last one wrote stays: it may have crashed.
  const ends = await logEnds(folders.log);
  const out = openSync(join(folders.log, OUTPUT_LOG), 'a', 0o600);
  const largest = Math.ceil((options.largestFileBytes ?? LARGEST_FILE_BYTES) / BLOCK_BYTES);
  // Asterisk begins its log anew when the kernel lets the file grow no further (SIGXFSZ): that needs no controller.
  const child = spawn('/bin/sh', ['-c', `ulimit -S -f ${largest}; exec "$0" "$@"`, ...words, '-f'], {
    detached: true,
    stdio: ['ignore', out, out],
    cwd: folder,
    env: { ...process.env, ...program.env },
  });
  closeSync(out);
  const failure = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      void lastWords(folders.log, ends).then((words) => {
        reject(
          new AsteriskUnusable('start_failed', `Asterisk stopped at its start (code ${code ?? 'none'}): ${words}`),
        );
      });
    });
  });
  failure.catch(() => undefined);
  child.unref();
  const pid = child.pid ?? 0;
  try {
    // On a full disk it cannot be remembered, and would be in the way of the next one for ever.
    await writeMemory(memory, { ...secrets, pid, configHash });
    await Promise.race([failure, untilAnswers(address)]);
  } catch (error) {
    await stop(pid);
    throw error;
  }
  log.info('asterisk started', { pid, version: program.version, source: program.source });
  return {
    address,
    folders,
    pid,
    sipTapPort,
    console,
    adopted: false,
    isRunning: () => isAlive(pid),
    stop: () => stop(pid),
  };
}

async function noProgram(allowOld: boolean): Promise<AsteriskUnusable> {
  const onPath = await versionOnPath();
  if (onPath !== undefined && !allowOld && !isAccepted(onPath)) {
    return new AsteriskUnusable(
      'too_old',
      `the asterisk on the PATH is ${onPath}, older than ${MINIMUM_ASTERISK}, which closes 20 security advisories. ` +
        "Run 'npm run setup' as root for a newer one beside it.",
    );
  }
  return new AsteriskUnusable(
    'missing',
    `no Asterisk found. Run 'npm run setup' as root once, install Asterisk ${MINIMUM_ASTERISK} or newer, ` +
      'or name one that runs elsewhere in BURGERNET_ARI.',
  );
}

async function makeFolders(folder: string): Promise<AsteriskFolders> {
  const run = join(folder, 'run');
  const folders: AsteriskFolders = {
    etc: join(folder, 'etc'),
    varLib: join(folder, 'lib'),
    spool: join(folder, 'spool'),
    // Asterisk's control socket lies here, and a socket's path may hold 107 bytes at most (unix(7)).
    run:
      run.length < 90
        ? run
        : join(tmpdir(), `burgernet-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`),
    log: join(folder, 'log'),
  };
  for (const path of Object.values(folders) as string[]) await mkdir(path, { recursive: true, mode: 0o700 });
  await mkdir(join(folders.spool, 'recording'), { recursive: true, mode: 0o700 });
  return folders;
}

async function remember(file: string): Promise<Remembered> {
  const kept = await readMemory(file);
  if (kept) return kept;
  const fresh = { ariPort: await freePort(ARI_HOST), ariPassword: randomBytes(24).toString('base64url') };
  await writeMemory(file, fresh);
  return fresh;
}

/** Undefined when there is none, or when it is damaged: then an Asterisk that still runs is found by its port. */
async function readMemory(file: string): Promise<Remembered | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Remembered;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** It appears whole or not at all: without it a running Asterisk would not be found again. */
async function writeMemory(file: string, memory: Remembered): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(memory, null, 2), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function demandFreePorts(sip: readonly Listens[], ariPort: number): Promise<void> {
  for (const { setting, host, port } of sip) {
    if (!(await portFree(host, 0))) {
      throw new AsteriskUnusable('start_failed', `${setting}: this machine does not have the address ${host}`);
    }
    if (!(await portFree(host, port))) {
      throw new AsteriskUnusable(
        'port_in_use',
        `${setting}: port ${port} on ${host} is in use by another program; end it or choose another port`,
      );
    }
  }
  if (!(await portFree(ARI_HOST, ariPort))) {
    throw new AsteriskUnusable(
      'port_in_use',
      `port ${ariPort} on ${ARI_HOST}, kept for Asterisk's ARI, is in use by another program; ` +
        'end it, or remove asterisk/asterisk.json from the data folder to choose another',
    );
  }
}

async function answers(address: AriAddress): Promise<boolean> {
  try {
    const response = await fetch(`${address.httpUrl}/ari/asterisk/ping`, {
      headers: { authorization: address.authorization },
      signal: AbortSignal.timeout(1_000),
    });
    return response.ok;
  } catch {
    return false;
  }
}

async function untilAnswers(address: AriAddress): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline) {
    if (await answers(address)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new AsteriskUnusable('start_failed', `Asterisk did not answer within ${START_MS / 1000} s of its start`);
}

async function stop(pid: number): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, 'SIGTERM');
  const deadline = performance.now() + STOP_MS;
  while (performance.now() < deadline) {
    if (!isAlive(pid)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
}
