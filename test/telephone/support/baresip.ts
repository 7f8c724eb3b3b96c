import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool } from '../../../scripts/lib/asterisk-root.mjs';

export interface BaresipOptions {
  readonly account: { readonly username: string; readonly password: string; readonly server: string };
  readonly port: number;
  /** 8 kHz mono wav that it speaks. */
  readonly says: string;
}

/** A softphone of somebody else's (baresip), that registers and answers by itself. */
export interface Baresip {
  /** Wav of what it heard; whole after stop. */
  readonly heardFile: string;
  stop(): Promise<void>;
  remove(): Promise<void>;
}

export async function startBaresip(options: BaresipOptions): Promise<Baresip> {
  const tool = await findTool('baresip');
  if (!tool?.modulesDir) throw new Error("baresip is not there: run 'npm run setup'");
  const folder = await mkdtemp(join(tmpdir(), 'bn-baresip-'));
  const heardFile = join(folder, 'heard.wav');
  const { username, password, server } = options.account;
  await writeFile(
    join(folder, 'config'),
    [
      `module_path ${tool.modulesDir}`,
      ...['account', 'g711', 'aufile'].map((name) => `module ${name}.so`),
      `sip_listen 127.0.0.1:${options.port}`,
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
    `<sip:${username}@${server}>;auth_user=${username};auth_pass=${password};answermode=auto;regint=60;audio_codecs=pcma\n`,
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
  return {
    heardFile,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export const readWav = (file: string): Promise<Buffer> => readFile(file);
