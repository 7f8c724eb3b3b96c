import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { scanLog } from '../../support/log-scan.js';
import { deferred } from '../../../src/lib/deferred.js';

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const SUPERVISE = fileURLToPath(new URL('../../../src/supervise.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

/** The end of the service. */
export interface Exit {
  readonly code: number | null;
  /** The lines on its standard error. */
  readonly said: readonly string[];
}

/** A line of the service's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly pid?: number;
  readonly url?: string;
  readonly part?: string;
  readonly reason?: string;
  readonly error?: string;
}

/** The service as a process of its own, as an administrator starts it. */
export interface Program {
  readonly exit: Promise<Exit>;
  /** Its log so far. */
  readonly log: readonly LogLine[];
  /**
   * Resolves with the first line that has this message, or with the next one after `after` such lines.
   * Rejects when the service ends.
   */
  logged(msg: string, after?: number): Promise<LogLine>;
  /** The URL of the service, once it is ready. */
  ready(): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** The process ids of every Asterisk that the service has started or found. */
  asterisks(): readonly number[];
}

/** The service from its sources, as arguments for Node. */
export const FROM_SOURCES: readonly string[] = ['--import', TSX, MAIN];
/** The service under its watchdog, as `npm start` runs it, as arguments for Node. */
export const SUPERVISED: readonly string[] = ['--import', TSX, SUPERVISE];

/**
 * Runs the service in `folder`, with only these settings.
 * @param program arguments for Node; the service from its sources by default
 * @param enter the command that starts a program in another namespace, before the words of the program
 */
export function startProgram(
  folder: string,
  settings: Readonly<Record<string, string>>,
  program: readonly string[] = FROM_SOURCES,
  enter: readonly string[] = [],
): Program {
  const [command = process.execPath, ...args] = [...enter, process.execPath, ...program];
  const child = spawn(command, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: LogLine[] = [];
  const said: string[] = [];
  const waiting: { readonly msg: string; after: number; readonly found: ReturnType<typeof deferred<LogLine>> }[] = [];
  createInterface({ input: child.stdout }).on('line', (text) => {
    scanLog(text);
    const line = JSON.parse(text) as LogLine;
    log.push(line);
    for (const wait of waiting) if (wait.msg === line.msg && wait.after-- <= 0) wait.found.resolve(line);
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    scanLog(line);
    said.push(line);
  });
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, said });
    });
  });
  void exit.then(({ code }) => {
    for (const { msg, found } of waiting)
      found.reject(new Error(`the service ended (${code ?? 'by a signal'}) without '${msg}': ${said.join(' / ')}`));
  });
  const logged = (msg: string, after = 0): Promise<LogLine> => {
    const found = deferred<LogLine>();
    const before = log.filter((line) => line.msg === msg);
    const line = before[after];
    if (line) found.resolve(line);
    else waiting.push({ msg, after: after - before.length, found });
    return found.promise;
  };
  return {
    exit,
    log,
    logged,
    ready: async () => (await logged('burgernet is ready')).url ?? '',
    kill: (signal) => {
      child.kill(signal);
    },
    asterisks: () =>
      log.flatMap(({ msg, pid }) => (/^asterisk (started|is already running)/.test(msg) && pid ? [pid] : [])),
  };
}

/**
 * The process id of its Asterisk that the service has stored; undefined when the service never started one.
 */
export function rememberedAsterisk(dataFolder: string): number | undefined {
  const file = join(dataFolder, 'asterisk', 'asterisk.json');
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { pid?: number }).pid;
}
