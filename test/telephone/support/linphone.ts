import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findLinphone } from '../../../scripts/lib/linphone.mjs';

export interface LinphoneOptions {
  readonly account: { readonly username: string; readonly password: string; readonly server: string };
  /** 8 kHz mono wav that it speaks when it is told to. */
  readonly says: string;
}

/** A softphone of somebody else's (Linphone), that registers and answers by itself, and is told what to do by its console. */
export interface Linphone {
  /** Wav of what it heard in its last call; whole once it has stopped. */
  readonly heardFile: string;
  /** A line for its console: `call 202`, `transfer 1 --to-call 2`. */
  type(line: string): void;
  /** Speaks in the call that it is in. */
  speak(): void;
  /** Resolves when it writes this on its console, after what was found there before; rejects when it does not in time. */
  writes(text: RegExp, withinMs?: number): Promise<RegExpExecArray>;
  stop(): Promise<void>;
  remove(): Promise<void>;
}

const WRITES_MS = 10_000;

export async function startLinphone({ account, says }: LinphoneOptions): Promise<Linphone> {
  const tool = findLinphone();
  if (!tool) throw new Error("linphonec is not there: run 'npm run setup'");
  const home = await mkdtemp(join(tmpdir(), 'bn-linphone-'));
  // It makes its database there, and no folders.
  await mkdir(join(home, '.local', 'share', 'linphone'), { recursive: true });
  const settings = join(home, 'linphonerc');
  await writeFile(settings, settingsOf(account));
  const heardFile = join(home, 'heard.wav');
  const child = spawn(tool.command, [...tool.args, '-c', settings, '-a', '-d', '0'], {
    cwd: tool.folder,
    env: { ...process.env, HOME: home },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  child.stdin.on('error', () => undefined);
  /** What was not found there yet. */
  let written = '';
  const lookers = new Set<() => void>();
  child.stdout.on('data', (data: Buffer) => {
    written += data.toString();
    for (const look of [...lookers]) look();
  });
  const type = (line: string): void => void child.stdin.write(`${line}\n`);
  const writes = (text: RegExp, withinMs = WRITES_MS): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = text.exec(written);
        if (!found) return;
        written = written.slice(found.index + found[0].length);
        done();
        resolve(found);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`Linphone did not write ${text.source} within ${withinMs} ms: ${written.slice(-500)}`));
      }, withinMs);
      const done = (): void => {
        clearTimeout(timer);
        lookers.delete(look);
      };
      lookers.add(look);
      look();
    });
  const stop = async (): Promise<void> => {
    type('quit');
    // It reads its console to the end before it goes.
    child.stdin.end();
    const kill = setTimeout(() => child.kill('SIGKILL'), WRITES_MS);
    await exited;
    clearTimeout(kill);
  };
  const phone: Linphone = {
    heardFile,
    type,
    writes,
    speak: () => type(`play ${says}`),
    stop,
    remove: () => rm(home, { recursive: true, force: true }),
  };
  try {
    await writes(/linphonec>/);
    // No sound card: what it hears goes into a file, and what it says comes from one.
    type('soundcard use files');
    await writes(/wav files/);
    type(`record ${heardFile}`);
    return phone;
  } catch (error) {
    await stop();
    await phone.remove();
    throw error;
  }
}

/** No server but ours, any free port, and nothing of video, which there is none of. */
const settingsOf = ({ username, password, server }: LinphoneOptions['account']): string => `[sip]
sip_port=-1
sip_tcp_port=0
sip_tls_port=0
default_proxy=0
register_only_when_network_is_up=0
[rtp]
audio_rtp_port=-1
[video]
automatically_initiate=0
automatically_accept=0
[auth_info_0]
username=${username}
passwd=${password}
realm=asterisk
[proxy_0]
reg_proxy=<sip:${server}>
reg_identity=sip:${username}@${server}
reg_expires=60
reg_sendregister=1
publish=0
`;
