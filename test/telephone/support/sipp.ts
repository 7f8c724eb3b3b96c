import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool } from '../../../scripts/lib/asterisk-root.mjs';

const HOST = '127.0.0.1';
const LIMIT_MS = 40_000;
/** One that takes any number of calls is stopped by its test; this is for a test that died. */
const LONGEST_MS = 180_000;

/** One SIPp that takes calls as the scenario says, or makes them. */
export interface SippRun {
  /** Resolves with the messages it exchanged when the scenario is over; rejects when it went otherwise. */
  readonly finished: Promise<string>;
  /** The messages that it has exchanged so far. */
  messages(): Promise<string>;
  stop(): void;
}

export interface SippOptions {
  /** Body of the scenario, without the outer element. */
  readonly scenario: string;
  readonly port: number;
  /** `host:port` to call; left out: takes a call. */
  readonly target?: string;
  /** How many calls it takes or makes before it is finished: 1 by default; `any` until it is stopped. */
  readonly calls?: number | 'any';
  /** New calls a second; SIPp's own 10 when left out. */
  readonly rate?: number;
}

/** Starts SIPp (Debian's sip-tester), a SIP stack of somebody else's. Resolves when it listens. */
export async function startSipp(options: SippOptions): Promise<SippRun> {
  const tool = await findTool('sipp');
  if (!tool) throw new Error("SIPp is not there: run 'npm run setup'");
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

/** How often each answer came, for who must find out why SIPp is not content. */
function statusLines(messages: string): string {
  const counts = new Map<string, number>();
  for (const line of messages.match(/^SIP\/2\.0 \d{3}/gm) ?? []) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...counts].map(([line, count]) => `${count} × ${line}`).join(', ');
}

/** Resolves when SIPp has its port, by the kernel's own list: trying the port would take it away from SIPp. */
async function listening(port: number, finished: Promise<string>): Promise<void> {
  let ended = false;
  finished.catch(() => undefined).finally(() => (ended = true));
  const entry = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  while (!(await readFile('/proc/net/udp', 'utf8')).includes(entry)) {
    if (ended) throw new Error('SIPp ended before it listened');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
