import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findTool } from '../../scripts/lib/asterisk-root.mjs';
import { endChild } from './children.js';
import { APART, goFirst } from './instrument.js';

const HOST = '127.0.0.1';
const OPEN_MS = 15_000;
const END_MS = 2_000;

export interface SippOptions {
  /** Folder for SIPp's files. It is created. */
  readonly folder: string;
  /** Body of the scenario, without the outer element. */
  readonly scenario: string;
  readonly port: number;
  /** `host:port` that SIPp calls. Without a target SIPp answers calls. */
  readonly target?: string;
  /**
   * Rows of values, one per call: [field0], [field1] … in the scenario. SIPp uses the rows in order, and
   * starts again after the last one.
   */
  readonly rows?: readonly (readonly string[])[];
  /** Number of calls to make, and calls a second. */
  readonly calls?: number;
  readonly rate?: number;
  /** The calls of `rate` are made in this time instead of a second, again and again. */
  readonly periodMs?: number;
  /** Body of a second scenario on the same port: it answers the calls that come in. */
  readonly answers?: string;
  /** SIPp ends by itself after this time, ms. */
  readonly limitMs: number;
}

/** One SIPp process, limited in calls and in time. */
export interface Sipp {
  readonly pid: number;
  /** Resolves when SIPp has ended by itself, with the lines that its scenario logged. */
  readonly finished: Promise<readonly string[]>;
  /** The lines that its scenario has logged so far. */
  lines(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Starts SIPp. When it answers calls, resolves when it listens. */
export async function startSipp(options: SippOptions): Promise<Sipp> {
  const tool = await findTool('sipp');
  if (!tool) throw new Error("SIPp is not installed: run 'npm run setup'");
  const { folder, port, target, rows, calls, rate, periodMs, answers } = options;
  await mkdir(folder, { recursive: true });
  const in_ = (name: string): string => join(folder, name);
  const write = (name: string, scenario: string): Promise<void> =>
    writeFile(in_(name), `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="bench">\n${scenario}\n</scenario>\n`);
  await write('scenario.xml', options.scenario);
  if (answers !== undefined) await write('answers.xml', answers);
  if (rows) await writeFile(in_('rows.csv'), ['SEQUENTIAL', ...rows.map((row) => row.join(';'))].join('\n') + '\n');
  const child = spawn(
    tool.command,
    [
      ...tool.args,
      ...(target === undefined ? [] : [target]),
      ...['-sf', in_('scenario.xml'), '-i', HOST, '-p', String(port), '-nostdin', '-aa'],
      ...['-trace_logs', '-log_file', in_('calls.log'), '-trace_err', '-error_file', in_('errors.log')],
      ...['-timeout', String(Math.ceil(options.limitMs / 1000))],
      ...(rows ? ['-inf', in_('rows.csv')] : []),
      ...(calls === undefined ? [] : ['-m', String(calls), '-l', String(calls)]),
      ...(rate === undefined ? [] : ['-r', String(rate)]),
      ...(periodMs === undefined ? [] : ['-rp', String(periodMs)]),
      ...(answers === undefined ? [] : ['-oocsf', in_('answers.xml')]),
    ],
    { cwd: folder, env: { ...process.env, ...tool.env }, stdio: 'ignore', ...APART },
  );
  goFirst(child.pid);
  const exited = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      resolve();
    });
  });
  exited.catch(() => undefined);
  const lines = async (): Promise<string[]> =>
    (await readFile(in_('calls.log'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  if (target === undefined || answers !== undefined) await listening(port, () => child.exitCode !== null);
  return {
    pid: child.pid ?? 0,
    finished: exited.then(lines),
    lines,
    stop: () => endChild(child, END_MS),
  };
}

/**
 * Resolves when the kernel's list shows that SIPp has its port. A test by binding the port would take the
 * port from SIPp.
 */
export async function listening(port: number, ended: () => boolean): Promise<void> {
  const entry = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  const deadline = performance.now() + OPEN_MS;
  while (!(await readFile('/proc/net/udp', 'utf8')).includes(entry)) {
    if (ended() || performance.now() > deadline) throw new Error('SIPp does not listen');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
