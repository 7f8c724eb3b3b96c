import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.js';
import { ConfigError } from './config-values.js';

/** Where things lie in the data folder. */
export interface DataFolders {
  readonly root: string;
  /** Messages, rendered and uploaded; prompts. */
  readonly sounds: string;
  /** Asterisk's generated configuration and run-time folders, with what is recorded. */
  readonly asterisk: string;
}

/** Makes the data folder and what is in it. Throws {@link ConfigError} when it cannot be made or written. */
export function ensureDataFolder(config: Pick<Config, 'dataDir'>): DataFolders {
  const root = config.dataDir;
  const folders = {
    root,
    sounds: join(root, 'sounds'),
    asterisk: join(root, 'asterisk'),
  };
  try {
    // Personal data lies here: no business of other accounts on this machine.
    for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o750 });
    const probe = join(root, `.write-test-${randomUUID()}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    throw unwritable(root, error);
  }
  return folders;
}

export const tokenFile = (config: Pick<Config, 'dataDir'>): string => join(config.dataDir, 'token');

/** The token of the settings, else the one kept in the data folder; undefined when there is none yet. */
export function readToken(config: Pick<Config, 'dataDir' | 'token'>): string | undefined {
  if (config.token !== undefined) return config.token;
  try {
    return readFileSync(tokenFile(config), 'utf8').trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ConfigError([
      {
        variable: 'BURGERNET_TOKEN',
        message: `is kept in ${tokenFile(config)}, which cannot be read: ${reason(error)}`,
      },
    ]);
  }
}

/** The token that programs must show. Made once (32 random bytes) and kept in a file that only we can read. */
export function ensureToken(config: Pick<Config, 'dataDir' | 'token'>): string {
  const known = readToken(config);
  if (known !== undefined) return known;
  const file = tokenFile(config);
  const token = randomBytes(32).toString('base64url');
  const draft = `${file}.${randomUUID()}`;
  try {
    mkdirSync(config.dataDir, { recursive: true, mode: 0o750 });
    writeFileSync(draft, `${token}\n`, { mode: 0o600 });
    chmodSync(draft, 0o600);
    // A link appears whole or not at all, and never over the token of a process that was first.
    linkSync(draft, file);
    return token;
  } catch (error) {
    const winner = (error as NodeJS.ErrnoException).code === 'EEXIST' ? readToken(config) : undefined;
    if (winner !== undefined) return winner;
    throw unwritable(config.dataDir, error);
  } finally {
    rmSync(draft, { force: true });
  }
}

function unwritable(folder: string, error: unknown): ConfigError {
  const message = `must name a folder that can be written; ${folder} cannot${ofWhom(folder)}: ${reason(error)}`;
  return new ConfigError([{ variable: 'BURGERNET_DATA', message }]);
}

/** Whose the folder is, when it is not ours. */
function ofWhom(folder: string): string {
  const us = process.getuid?.();
  const owner = existsSync(folder) ? statSync(folder).uid : us;
  return owner === us ? '' : ` (it belongs to user ${owner}, we are user ${us})`;
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
