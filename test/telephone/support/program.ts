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

/** How the service ended. */
export interface Exit {
  readonly code: number | null;
  /** What it wrote to standard error, line by line. */
  readonly said: readonly string[];
}

/** A line of its log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly pid?: number;
  readonly url?: string;
  readonly part?: string;
  readonly reason?: string;
  readonly error?: string;
}

/** The service as a process of its own, as an operator starts it. */
export interface Program {
  readonly exit: Promise<Exit>;
  /** Its log so far. */
  readonly log: readonly LogLine[];
  /** Resolves with the first line that says so, after so many others; rejects when the service ends without it. */
  logged(msg: string, after?: number): Promise<LogLine>;
  /** Where it answers, once it is ready. */
  ready(): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Process ids of every Asterisk that it has started or found. */
  asterisks(): readonly number[];
}

/** The service from its sources, as arguments for Node. */
export const FROM_SOURCES: readonly string[] = ['--import', TSX, MAIN];
/** The same under its watchdog, as `npm start` runs it. */
export const SUPERVISED: readonly string[] = ['--import', TSX, SUPERVISE];

/**
 * Runs the service in `folder`, with only these settings; from its sources, unless another program is named. `enter`: what
 * starts a program in another place than ours.
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
    for (const one of waiting) if (one.msg === line.msg && one.after-- <= 0) one.found.resolve(line);
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
    asterisks: () => log.flatMap(({ msg, pid }) => (/^asterisk (started|is running)/.test(msg) && pid ? [pid] : [])),
  };
}

/** The process id that the service keeps of its Asterisk; undefined when it never started one. */
export function rememberedAsterisk(dataFolder: string): number | undefined {
  const file = join(dataFolder, 'asterisk', 'asterisk.json');
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { pid?: number }).pid;
}
