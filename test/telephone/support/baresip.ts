import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool } from '../../../scripts/lib/asterisk-root.mjs';
import { freePort } from '../../../src/adapters/asterisk/process/ports-free.js';
import { controlBaresip, type BaresipControl } from './baresip-control.js';

const HOST = '127.0.0.1';

export interface BaresipOptions {
  readonly account: { readonly username: string; readonly password: string; readonly server: string };
  readonly port: number;
  /** The WAV file (8 kHz, mono) that the softphone plays as its voice. */
  readonly says: string;
  /** Registers over TLS, and trusts only the certificates in this PEM file. */
  readonly trusts?: string;
  /** Requires encrypted media (SRTP with SDES keys). */
  readonly srtp?: boolean;
}

/** baresip, a third-party softphone, which registers and answers by itself. */
export interface Baresip {
  /** A WAV file of everything that it heard; complete after `stop`. */
  readonly heardFile: string;
  /** Runs its menu commands: `dial`, `hold`, `transfer` … */
  readonly control: BaresipControl;
  stop(): Promise<void>;
  remove(): Promise<void>;
}

export async function startBaresip(options: BaresipOptions): Promise<Baresip> {
  const tool = await findTool('baresip');
  if (!tool?.modulesDir) throw new Error("baresip is not installed: run 'npm run setup'");
  const folder = await mkdtemp(join(tmpdir(), 'bn-baresip-'));
  const heardFile = join(folder, 'heard.wav');
  const { username, password, server } = options.account;
  const { trusts, srtp = false } = options;
  const controlPort = await freePort(HOST);
  await writeFile(
    join(folder, 'config'),
    [
      `module_path ${tool.modulesDir}`,
      ...['g711', 'aufile', 'srtp', 'account', 'menu', 'ctrl_tcp'].map((name) => `module ${name}.so`),
      `ctrl_tcp_listen ${HOST}:${controlPort}`,
      `sip_listen ${HOST}:${options.port}`,
      ...(trusts === undefined ? [] : [`sip_cafile ${trusts}`, 'sip_verify_server yes']),
      // There is no sound card to play a ringback tone on.
      'ringback_disabled yes',
      'rtp_ports 46000-46998',
      `audio_source aufile,${options.says}`,
      `audio_player aufile,${heardFile}`,
      'audio_alert aufile,/dev/null',
      'ausrc_srate 8000',
      'auplay_srate 8000',
      '',
    ].join('\n'),
  );
  await writeFile(
    join(folder, 'accounts'),
    [
      `<sip:${username}@${server}${trusts === undefined ? '' : ';transport=tls'}>;auth_user=${username}`,
      `auth_pass=${password};answermode=auto;regint=60;audio_codecs=pcma${srtp ? ';mediaenc=srtp-mand' : ''}\n`,
    ].join(';'),
  );
  await writeFile(join(folder, 'contacts'), '');
  const child = spawn(tool.command, [...tool.args, '-f', folder], {
    env: { ...process.env, ...tool.env },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.once('error', () => {
      resolve();
    });
  });
  const end = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  const control = await controlBaresip(controlPort).catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return {
    heardFile,
    control,
    stop: async () => {
      control.close();
      await end();
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
