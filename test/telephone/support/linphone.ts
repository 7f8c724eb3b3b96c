import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findLinphone } from '../../../scripts/lib/linphone.mjs';

export interface LinphoneOptions {
  readonly account: { readonly username: string; readonly password: string; readonly server: string };
  /** The WAV file (8 kHz, mono) that `speak` plays. */
  readonly says: string;
}

/**
 * Linphone, a third-party softphone, which registers and answers by itself and is controlled by its console.
 */
export interface Linphone {
  /** A WAV file of everything that it heard in its last call; complete after `stop`. */
  readonly heardFile: string;
  /** Types a line on its console: `call 202`, `transfer 1 --to-call 2`. */
  type(line: string): void;
  /** Speaks in the current call. */
  speak(): void;
  /**
   * Resolves when its console shows this text after the last text that was found. Rejects when the text does
   * not come in time.
   */
  writes(text: RegExp, withinMs?: number): Promise<RegExpExecArray>;
  stop(): Promise<void>;
  remove(): Promise<void>;
}

const WRITES_MS = 10_000;

export async function startLinphone({ account, says }: LinphoneOptions): Promise<Linphone> {
  const tool = findLinphone();
  if (!tool) throw new Error("linphonec is not installed: run 'npm run setup'");
  const home = await mkdtemp(join(tmpdir(), 'bn-linphone-'));
  // Linphone creates its database in this folder, but not the folder itself.
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
  /** The output since the last text that was found. */
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
    // Linphone ends only at the end of its console input.
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
    // There is no sound card: files take the place of the headset.
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

/** Registers at our Asterisk only, on any free port, without video. */
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
