import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config-values.js';

/** The settings that this file needs; `Config` has both. */
export interface DataSettings {
  /** Absolute path. */
  readonly dataDir: string;
  /** Undefined: generated, and kept in the data folder. */
  readonly token: string | undefined;
}

/** The folders below the data folder. */
export interface DataFolders {
  readonly root: string;
  /** Rendered and uploaded messages, and prompts. */
  readonly sounds: string;
  /** Natural voices that the operator installed. */
  readonly voices: string;
  /** The prompts that Asterisk's configuration plays by name. */
  readonly namedPrompts: string;
  /** Asterisk's generated configuration and run-time folders, recordings included. */
  readonly asterisk: string;
}

/**
 * Creates the data folder and the folders in it. Throws {@link ConfigError} when one cannot be created or
 * written.
 */
export function ensureDataFolder(config: Pick<DataSettings, 'dataDir'>): DataFolders {
  const root = config.dataDir;
  const folders = {
    root,
    sounds: join(root, 'sounds'),
    voices: join(root, 'voices'),
    namedPrompts: join(root, 'sounds', 'named'),
    asterisk: join(root, 'asterisk'),
  };
  try {
    // The folders hold personal data, so other accounts on this machine must not read them.
    for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o750 });
    const probe = join(root, `.write-test-${randomUUID()}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    throw unwritable(root, error);
  }
  return folders;
}

export const tokenFile = (config: Pick<DataSettings, 'dataDir'>): string => join(config.dataDir, 'token');

/** The administrator's own words for the embedded voice, with the columns of `sounds/nl/lexicon.csv`. */
export const ownLexiconFile = (config: Pick<DataSettings, 'dataDir'>): string =>
  join(config.dataDir, 'content', 'lexicon.csv');

/** The token from the settings, or else from the data folder; undefined when there is none yet. */
export function readToken(config: DataSettings): string | undefined {
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

/**
 * The token that API clients must send. Generated once (32 random bytes) and kept in a file that only this
 * user can read.
 */
export function ensureToken(config: DataSettings): string {
  const known = readToken(config);
  if (known !== undefined) return known;
  const file = tokenFile(config);
  const token = randomBytes(32).toString('base64url');
  const draft = `${file}.${randomUUID()}`;
  try {
    mkdirSync(config.dataDir, { recursive: true, mode: 0o750 });
    writeFileSync(draft, `${token}\n`, { mode: 0o600 });
    chmodSync(draft, 0o600);
    // link(2) is atomic and never overwrites the token of a process that was first.
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
  const message = `must name a folder that can be written; ${folder} cannot${ownerOf(folder)}: ${reason(error)}`;
  return new ConfigError([{ variable: 'BURGERNET_DATA', message }]);
}

/** Names the owner of the folder when it is another user. */
function ownerOf(folder: string): string {
  const us = process.getuid?.();
  const owner = existsSync(folder) ? statSync(folder).uid : us;
  return owner === us ? '' : ` (it belongs to user ${owner}, we are user ${us})`;
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
