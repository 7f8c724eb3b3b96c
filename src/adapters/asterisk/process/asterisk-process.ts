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
import { lastErrors, logLengths, OUTPUT_LOG } from './asterisk-log.js';
import { AsteriskUnusable } from '../ari/errors.js';
import { freePort, portFree } from './ports-free.js';
import { SIP_TAP_HOST } from '../sip/sip-tap.js';

export interface OwnAsteriskOptions {
  /** Folder for everything that our Asterisk reads and writes. */
  readonly folder: string;
  /** Folder of the configuration templates. */
  readonly templates: string;
  /** Makes the values for the templates. */
  readonly values: MakeValues;
  /** Where Asterisk receives SIP, without and with TLS. */
  readonly sip: ListeningPort;
  readonly tls?: ListeningPort;
  readonly allowOld: boolean;
  /**
   * Largest file that Asterisk may write, bytes. It must have room for the longest recording. Asterisk
   * rotates its log at this size.
   */
  readonly largestFileBytes?: number;
  readonly log: Log;
}

export interface ListeningPort {
  /** The setting that names this port, for the error when the port is in use. */
  readonly setting: string;
  readonly host: string;
  readonly port: number;
}

export interface OwnAsterisk {
  readonly address: AriAddress;
  readonly folders: AsteriskFolders;
  readonly pid: number;
  /** Loopback port to which Asterisk sends copies of SIP messages (sip-tap.ts). */
  readonly sipTapPort: number;
  /** Asterisk was already running, and its calls went on while the controller was down. */
  readonly adopted: boolean;
  /** Command line of the Asterisk console on this machine, to which `-rx` and a command are added. */
  readonly console: { readonly words: readonly string[]; readonly env: Readonly<Record<string, string>> };
  isRunning(): boolean;
  /** Stops Asterisk. Resolves when its process is gone. */
  stop(): Promise<void>;
}

/** The facts about this Asterisk that the next start of the service needs. */
interface StoredState {
  readonly ariPort: number;
  readonly ariPassword: string;
  /** Absent before the first start, and in the file of an earlier version. */
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
 * Starts our own Asterisk as a process that outlives the service. When the service dies, the calls go on, and
 * the next start of the service finds the same Asterisk by its process id and password. Throws
 * {@link AsteriskUnusable}, whose message says what to do.
 */
export async function startOwnAsterisk(options: OwnAsteriskOptions): Promise<OwnAsterisk> {
  const { folder, log } = options;
  const program = await findAsterisk();
  if (!program) throw await noProgram(options.allowOld);
  const folders = await makeFolders(folder);
  const stateFile = join(folder, 'asterisk.json');
  const before = await storedState(stateFile);
  // The port stays the same, because an Asterisk that is still running sends its copies there.
  const { ariPort, ariPassword, sipTapPort = await freePort(SIP_TAP_HOST) } = before;
  const secrets = { ariPort, ariPassword, sipTapPort };
  const values = await options.values(folders, secrets, program);
  const configHash = await renderConfig(options.templates, folders.etc, values);
  const address = parseAriAddress(`http://${ARI_USER}:${secrets.ariPassword}@${ARI_HOST}:${secrets.ariPort}`);

  const words = [program.command, ...program.args, '-C', join(folders.etc, 'asterisk.conf')];
  const console = { words, env: program.env };
  const running = (pid: number, adopted: boolean): OwnAsterisk => ({
    address,
    folders,
    pid,
    sipTapPort,
    console,
    adopted,
    isRunning: () => isAlive(pid),
    stop: () => stop(pid),
  });
  if (before.pid !== undefined && isAlive(before.pid) && (await answers(address))) {
    if (before.configHash === configHash) {
      log.info('asterisk is already running', { pid: before.pid });
      return running(before.pid, true);
    }
    log.info('asterisk is running with other settings; restarting it', { pid: before.pid });
    await stop(before.pid);
  }
  await demandFreePorts([options.sip, ...(options.tls ? [options.tls] : [])], secrets.ariPort);
  // The logs of the last run stay, because it may have crashed.
  const lengths = await logLengths(folders.log);
  const out = openSync(join(folders.log, OUTPUT_LOG), 'a', 0o600);
  const largest = Math.ceil((options.largestFileBytes ?? LARGEST_FILE_BYTES) / BLOCK_BYTES);
  // Asterisk rotates its log when the kernel stops the file from growing (SIGXFSZ).
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
      void lastErrors(folders.log, lengths).then((errors) => {
        reject(
          new AsteriskUnusable('start_failed', `Asterisk stopped while starting (code ${code ?? 'none'}): ${errors}`),
        );
      });
    });
  });
  failure.catch(() => undefined);
  child.unref();
  const { pid } = child;
  // The machine could not make the process, for example because it may make no more.
  if (pid === undefined) return failure;
  try {
    // On a full disk Asterisk is stopped again, because the next start of the service could not find it.
    await writeState(stateFile, { ...secrets, pid, configHash });
    await Promise.race([failure, untilAnswers(address)]);
  } catch (error) {
    await stop(pid);
    throw error;
  }
  log.info('asterisk started', { pid, version: program.version, source: program.source });
  return running(pid, false);
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
      'or name an Asterisk on another machine in BURGERNET_ARI.',
  );
}

async function makeFolders(folder: string): Promise<AsteriskFolders> {
  const run = join(folder, 'run');
  const folders: AsteriskFolders = {
    etc: join(folder, 'etc'),
    varLib: join(folder, 'lib'),
    spool: join(folder, 'spool'),
    // The control socket of Asterisk is here, and the path of a socket has at most 107 bytes (unix(7)).
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

async function storedState(file: string): Promise<StoredState> {
  const stored = await readState(file);
  if (stored) return stored;
  const fresh = { ariPort: await freePort(ARI_HOST), ariPassword: randomBytes(24).toString('base64url') };
  await writeState(file, fresh);
  return fresh;
}

/** Undefined when the file is missing or damaged. A running Asterisk is then noticed by its port in use. */
async function readState(file: string): Promise<StoredState | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as StoredState;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes the file whole or not at all, because a running Asterisk cannot be found again without it. */
async function writeState(file: string, state: StoredState): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(state, null, 2), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function demandFreePorts(sip: readonly ListeningPort[], ariPort: number): Promise<void> {
  for (const { setting, host, port } of sip) {
    if (!(await portFree(host, 0))) {
      throw new AsteriskUnusable('start_failed', `${setting}: this machine does not have the address ${host}`);
    }
    if (!(await portFree(host, port))) {
      throw new AsteriskUnusable(
        'port_in_use',
        `${setting}: port ${port} on ${host} is in use by another program: end it, or choose another port`,
      );
    }
  }
  if (!(await portFree(ARI_HOST, ariPort))) {
    throw new AsteriskUnusable(
      'port_in_use',
      `port ${ariPort} on ${ARI_HOST}, chosen for the ARI of Asterisk, is in use by another program: ` +
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
