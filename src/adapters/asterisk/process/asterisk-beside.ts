import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bracketed } from '../../../lib/reachable-host.js';
import { parseAriAddress, type AriAddress } from '../ari/address.js';
import { renderConfig } from './config-files.js';
import { ARI_USER, type AsteriskFolders, type MakeValues, type ProgramFolders } from './config-values.js';

/** An Asterisk in a container of its own. Its folder has the same path here and there. */
export interface AsteriskBesideOptions {
  readonly folder: string;
  readonly ari: { readonly host: string; readonly port: number };
  /** Where we keep the password that was made for it. */
  readonly memory: string;
}

/** Where Debian's package has its files; the link is made by the Dockerfile, for all processors the same. */
const PROGRAM: ProgramFolders = { modulesDir: '/usr/lib/asterisk-modules', dataDir: '/usr/share/asterisk' };
const SIP_TAP_PORT = 19_060;

/** The folders of an Asterisk beside us. */
export function foldersBeside(folder: string): AsteriskFolders {
  return {
    etc: join(folder, 'etc'),
    varLib: join(folder, 'lib'),
    spool: join(folder, 'spool'),
    run: join(folder, 'run'),
    log: join(folder, 'log'),
  };
}

/** Copies of SIP messages go over loopback alone: known where both share this machine's network, else undefined. */
export function sipTapBeside(ari: { readonly host: string }): number | undefined {
  return ['127.0.0.1', 'localhost'].includes(ari.host) ? SIP_TAP_PORT : undefined;
}

/** Writes its configuration, with a password that is made once. It reads that when it starts. */
export async function renderBeside(
  options: AsteriskBesideOptions & {
    readonly templates: string;
    readonly values: MakeValues;
  },
): Promise<void> {
  const { folder, ari, memory, templates } = options;
  const folders = foldersBeside(folder);
  const sipTapPort = sipTapBeside(ari);
  const ariPassword = (await keptPassword(memory)) ?? (await makePassword(memory));
  const secrets = {
    ariHost: ari.host,
    ariPort: ari.port,
    ariPassword,
    ...(sipTapPort === undefined ? {} : { sipTapPort }),
  };
  await renderConfig(templates, folders.etc, await options.values(folders, secrets, PROGRAM));
}

/** Where its ARI is, with the password that was made for it; undefined before its configuration was written. */
export async function addressBeside({ ari, memory }: AsteriskBesideOptions): Promise<AriAddress | undefined> {
  const password = await keptPassword(memory);
  if (password === undefined) return undefined;
  return parseAriAddress(`http://${ARI_USER}:${password}@${bracketed(ari.host)}:${ari.port}`);
}

async function keptPassword(memory: string): Promise<string | undefined> {
  try {
    return (await readFile(memory, 'utf8')).trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function makePassword(memory: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  await writeFile(`${memory}.new`, `${password}\n`, { mode: 0o600 });
  await rename(`${memory}.new`, memory);
  return password;
}
