import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bracketedHost } from '../../../lib/reachable-host.js';
import { parseAriAddress, type AriAddress } from '../ari/address.js';
import { renderConfig } from './config-files.js';
import { ARI_USER, type AsteriskFolders, type MakeValues, type ProgramFolders } from './config-values.js';

/** An Asterisk in a container beside the controller's. Both containers see the folder under the same path. */
export interface AsteriskBesideOptions {
  readonly folder: string;
  readonly ari: { readonly host: string; readonly port: number };
  /** The file that holds the generated ARI password. */
  readonly passwordFile: string;
}

/**
 * Folders of the Debian package. The Dockerfile links to the modules folder, because the path of that folder
 * depends on the processor.
 */
const PROGRAM: ProgramFolders = { modulesDir: '/usr/lib/asterisk-modules', dataDir: '/usr/share/asterisk' };
const SIP_TAP_PORT = 19_060;

export function foldersBeside(folder: string): AsteriskFolders {
  return {
    etc: join(folder, 'etc'),
    varLib: join(folder, 'lib'),
    spool: join(folder, 'spool'),
    run: join(folder, 'run'),
    log: join(folder, 'log'),
  };
}

/** Port for the copies of SIP messages; undefined when the containers do not share a loopback interface. */
export function sipTapBeside(ari: { readonly host: string }): number | undefined {
  return ['127.0.0.1', 'localhost'].includes(ari.host) ? SIP_TAP_PORT : undefined;
}

/**
 * Writes the configuration that the other container reads when it starts. The ARI password is generated once.
 */
export async function renderBeside(
  options: AsteriskBesideOptions & {
    readonly templates: string;
    readonly values: MakeValues;
  },
): Promise<void> {
  const { folder, ari, passwordFile, templates } = options;
  const folders = foldersBeside(folder);
  const sipTapPort = sipTapBeside(ari);
  const ariPassword = (await readPassword(passwordFile)) ?? (await makePassword(passwordFile));
  const secrets = {
    ariHost: ari.host,
    ariPort: ari.port,
    ariPassword,
    ...(sipTapPort === undefined ? {} : { sipTapPort }),
  };
  await renderConfig(templates, folders.etc, await options.values(folders, secrets, PROGRAM));
}

/** Address of the ARI in the other container; undefined before its configuration has been written. */
export async function addressBeside({ ari, passwordFile }: AsteriskBesideOptions): Promise<AriAddress | undefined> {
  const password = await readPassword(passwordFile);
  if (password === undefined) return undefined;
  return parseAriAddress(`http://${ARI_USER}:${password}@${bracketedHost(ari.host)}:${ari.port}`);
}

async function readPassword(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function makePassword(file: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  await writeFile(`${file}.new`, `${password}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return password;
}
