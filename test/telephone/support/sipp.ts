import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool } from '../../../scripts/lib/asterisk-root.mjs';

const HOST = '127.0.0.1';
const LIMIT_MS = 40_000;

/** One SIPp that takes calls as the scenario says, or makes them. */
export interface SippRun {
  /** Resolves with the messages it exchanged when the scenario is over; rejects when it went otherwise. */
  readonly finished: Promise<string>;
  stop(): void;
}

export interface SippOptions {
  /** Body of the scenario, without the outer element. */
  readonly scenario: string;
  readonly port: number;
  /** `host:port` to call; left out: takes a call. */
  readonly target?: string;
  /** How many calls; 1 by default. */
  readonly calls?: number;
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
  const messages = join(folder, 'messages.log');
  const child = spawn(
    tool.command,
    [
      ...tool.args,
      ...(options.target === undefined ? [] : [options.target]),
      ...['-sf', file, '-i', HOST, '-p', String(options.port), '-m', String(options.calls ?? 1), '-nostdin', '-trace_msg'],
      ...['-message_file', messages, '-timeout', String(LIMIT_MS / 1000), '-timeout_error', '-rtp_echo'],
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
        else reject(new Error(`SIPp ended with ${code}: ${errors.slice(0, 500)}`));
      })();
    });
  });
  finished.catch(() => undefined);
  if (options.target === undefined) await listening(options.port, finished);
  return {
    finished,
    stop: () => {
      child.kill('SIGKILL');
    },
  };
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

const response = (status: string, extra = '', body = ''): string => `<![CDATA[
SIP/2.0 ${status}
[last_Via:]
[last_From:]
[last_To:];tag=[pid]SIPpTag01[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port];transport=[transport]>
${extra}${body === '' ? 'Content-Length: 0\n' : `Content-Type: application/sdp\nContent-Length: [len]\n\n${body}`}
]]>`;

export const SDP = `v=0
o=user1 53655765 2353687637 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
`;

/** Refuses with a final status, after 100 and what comes before it. */
export function refuses(status: string, options: { before?: string; extra?: string } = {}): string {
  return `<recv request="INVITE"/>
<send>${response('100 Trying')}</send>
${options.before ?? ''}
<send retrans="500">${response(status, options.extra)}</send>
<recv request="ACK"/>`;
}

export const sends = (status: string, body = ''): string => `<send>${response(status, '', body)}</send>`;

/** Rings until it is cancelled, and answers all the same in that instant: RFC 3261 9.1 allows the race. */
export function answersTheCancel(): string {
  return `<recv request="INVITE"><action><ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="1"/></action></recv>
${sends('180 Ringing')}
<recv request="CANCEL"/>
<send>${response('200 OK')}</send>
<send retrans="500"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[pid]SIPpTag01[call_number]
[last_Call-ID:]
CSeq: [$1] INVITE
Contact: <sip:[local_ip]:[local_port];transport=[transport]>
Content-Type: application/sdp
Content-Length: [len]

${SDP}
]]></send>
<recv request="ACK"/>
<recv request="BYE"/>
<send>${response('200 OK')}</send>`;
}
