import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool } from '../../../scripts/lib/asterisk-root.mjs';
import { eventually } from './eventually.js';
import { isBound } from './udp-socket.js';

const HOST = '127.0.0.1';
const LIMIT_MS = 40_000;
/** With `calls: 'any'` the test stops SIPp. This limit ends SIPp when the test has died. */
const LONGEST_MS = 180_000;

/** A SIPp that takes or makes calls as its scenario says. */
export interface SippRun {
  /**
   * Resolves with the exchanged messages when the scenario has ended. Rejects when a call did not follow the
   * scenario.
   */
  readonly finished: Promise<string>;
  /** The messages that were exchanged so far. */
  messages(): Promise<string>;
  stop(): void;
}

export interface SippOptions {
  /** The body of the scenario, without the outer element. */
  readonly scenario: string;
  readonly port: number;
  /** The `host:port` to call; SIPp takes calls when left out. */
  readonly target?: string;
  /** The number of calls to take or make, default 1; `any` for no limit until it is stopped. */
  readonly calls?: number | 'any';
  /** New calls a second; SIPp's own default is 10. */
  readonly rate?: number;
}

/** Starts SIPp (Debian's sip-tester), a third-party SIP stack. Resolves when SIPp listens. */
export async function startSipp(options: SippOptions): Promise<SippRun> {
  const tool = await findTool('sipp');
  if (!tool) throw new Error("SIPp is not installed: run 'npm run setup'");
  const folder = await mkdtemp(join(tmpdir(), 'bn-sipp-'));
  const file = join(folder, 'scenario.xml');
  await writeFile(
    file,
    `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="test">\n${options.scenario}\n</scenario>\n`,
  );
  const limitMs = options.calls === 'any' ? LONGEST_MS : LIMIT_MS;
  const callLimit = options.calls === 'any' ? [] : ['-m', String(options.calls ?? 1)];
  const rate = options.rate === undefined ? [] : ['-r', String(options.rate), '-l', '10000'];
  const messages = join(folder, 'messages.log');
  const child = spawn(
    tool.command,
    [
      ...tool.args,
      ...(options.target === undefined ? [] : [options.target]),
      ...['-sf', file, '-i', HOST, '-p', String(options.port), ...callLimit, ...rate, '-nostdin', '-trace_msg'],
      ...['-message_file', messages, '-timeout', String(limitMs / 1000), '-timeout_error'],
      ...[
        '-min_rtp_port',
        String(40_000 + (options.port % 10_000)),
        '-trace_err',
        '-error_file',
        join(folder, 'errors.log'),
      ],
    ],
    { cwd: folder, env: { ...process.env, ...tool.env }, stdio: ['ignore', 'ignore', 'ignore'] },
  );
  const finished = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      void (async () => {
        const text = await readFile(messages, 'utf8').catch(() => '');
        const errors = await readFile(join(folder, 'errors.log'), 'utf8').catch(() => '');
        await rm(folder, { recursive: true, force: true });
        if (code === 0) resolve(text);
        else reject(new Error(`SIPp ended with ${code}: ${statusLines(text)}\n${errors.slice(-2_000)}`));
      })();
    });
  });
  finished.catch(() => undefined);
  if (options.target === undefined) await listening(options.port, finished);
  return {
    finished,
    messages: () => readFile(messages, 'utf8'),
    stop: () => {
      child.kill('SIGKILL');
    },
  };
}

/** How often each answer came, to find out why a scenario has failed. */
function statusLines(messages: string): string {
  const counts = new Map<string, number>();
  for (const line of messages.match(/^SIP\/2\.0 \d{3}/gm) ?? []) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...counts].map(([line, count]) => `${count} × ${line}`).join(', ');
}

/** Resolves when SIPp has bound its port. */
async function listening(port: number, finished: Promise<string>): Promise<void> {
  let ended = false;
  finished.catch(() => undefined).finally(() => (ended = true));
  const look = (): true | undefined => {
    if (ended) throw new Error('SIPp ended before it listened');
    return isBound(port) || undefined;
  };
  await eventually(look, LIMIT_MS, 'SIPp listens');
}
