import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findTool } from '../../../scripts/lib/asterisk-root.mjs';
import { deferred } from '../../../src/lib/deferred.js';
import { freePort } from '../../../src/adapters/asterisk/process/ports-free.js';
import { endChild } from '../children.js';
import { APART, goFirst } from '../instrument.js';
import { listening } from '../sipp.js';
import { within } from '../within.js';
import type { CallRecord, Habit } from './call-book.js';
import type { FromMedia, ToMedia } from './messages.js';
import { scenarioXml } from './scenario.js';

/**
 * The answering phone network, the same for every side: SIPp answers calls, and a media process beside it
 * receives and sends the audio.
 */
export interface FarEnd {
  readonly port: number;
  readonly pids: { readonly sipp: number; readonly media: number };
  /** Calls so far: how many came in, and how many the calling side has hung up. */
  readonly progress: { readonly invited: number; readonly ended: number };
  /** Calls the listener at each change of `progress`. */
  onProgress(listener: () => void): void;
  /** Ends the network and returns its records. */
  finish(): Promise<{ readonly records: readonly CallRecord[]; readonly latenessMs: number }>;
  /** Ends the network without a result. Safe to repeat, and to call after `finish`. */
  stop(): Promise<void>;
}

export interface FarEndOptions {
  /** Folder for its files. It is created. */
  readonly folder: string;
  readonly habit: Habit;
  /** Shortest and longest ring, ms. */
  readonly ring: { readonly least: number; readonly most: number };
  /** Most calls that the network answers in all. */
  readonly mostCalls: number;
  /** The network ends by itself after this time, ms. */
  readonly limitMs: number;
}

const HOST = '127.0.0.1';
const MEDIA_PROCESS = fileURLToPath(new URL('media-process.ts', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const OPEN_MS = 15_000;
const RECORDS_MS = 30_000;
const END_MS = 2_000;

export async function startFarEnd(options: FarEndOptions): Promise<FarEnd> {
  const tool = await findTool('sipp');
  if (!tool) throw new Error("SIPp is not installed: run 'npm run setup'");
  await mkdir(options.folder, { recursive: true });
  const logFile = join(options.folder, 'calls.log');
  const media = fork(MEDIA_PROCESS, [], {
    execArgv: ['--import', TSX],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    ...APART,
  });
  goFirst(media.pid);
  let sipp: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all([endChild(media, END_MS), ...(sipp ? [endChild(sipp, END_MS)] : [])]);
  };
  try {
    const opened = deferred<number>();
    const records = deferred<Extract<FromMedia, { type: 'records' }>>();
    records.promise.catch(() => undefined);
    const progress = { invited: 0, ended: 0 };
    const listeners: (() => void)[] = [];
    media.on('message', (message: FromMedia) => {
      if (message.type === 'opened') opened.resolve(message.decade);
      else if (message.type === 'failed') opened.reject(new Error(message.reason));
      else if (message.type === 'records') records.resolve(message);
      else {
        Object.assign(progress, { invited: message.invited, ended: message.ended });
        for (const listener of listeners) listener();
      }
    });
    media.once('exit', () => {
      const died = new Error('the media process of the far end ended by itself');
      opened.reject(died);
      records.reject(died);
    });
    const ask = (message: ToMedia): void => void media.send(message);
    ask({ type: 'open', order: { host: HOST, logFile, habit: options.habit } });
    const mediaDecade = await within(OPEN_MS, opened.promise, 'the media process did not open its ports');
    const port = await freePort(HOST);
    const scenario = join(options.folder, 'scenario.xml');
    await writeFile(scenario, scenarioXml({ mediaDecade, ring: options.ring }));
    sipp = spawn(
      tool.command,
      [
        ...tool.args,
        ...['-sf', scenario, '-i', HOST, '-p', String(port), '-nostdin', '-trace_logs', '-log_file', logFile],
        ...['-m', String(options.mostCalls), '-timeout', String(Math.ceil(options.limitMs / 1000))],
        ...['-trace_err', '-error_file', join(options.folder, 'errors.log')],
      ],
      { cwd: options.folder, env: { ...process.env, ...tool.env }, stdio: 'ignore', ...APART },
    );
    goFirst(sipp.pid);
    await listening(port, () => sipp?.exitCode !== null);
    return {
      port,
      pids: { sipp: sipp.pid ?? 0, media: media.pid ?? 0 },
      progress,
      onProgress: (listener) => listeners.push(listener),
      finish: async () => {
        ask({ type: 'finish' });
        const result = await within(RECORDS_MS, records.promise, 'the media process did not send its records');
        await stop();
        return result;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
