import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from './adapters/sqlite/database.js';
import { lockDataFolder } from './adapters/sqlite/folder-lock.js';
import { demandWholeDatabase, snapshotDatabase } from './adapters/sqlite/snapshot.js';
import { openStores } from './adapters/sqlite/stores.js';
import { recordingsFolderOf } from './asterisk-setup.js';
import { ensureDataFolder, tokenFile, type Config } from './config.js';
import { Problem } from './domain/problem.js';

/**
 * A backup is a folder: the database, what was recorded, what was rendered or uploaded, and the secrets that others know
 * (the API's token, the certificate). Asterisk's configuration is not in it: it is made anew.
 *
 *     burgernet.db   as it was at one instant
 *     recordings/    every file that the database names is older than it
 *     sounds/
 *     tls/, token
 *     backup.json    written last: a folder without it is no whole backup
 */
const DATABASE = 'burgernet.db';
const MADE = 'backup.json';
const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url));

export interface BackupMade {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
}

/** Makes a backup in a folder that is not there yet; the service may run, and calls go on. Throws `Problem`. */
export async function makeBackup(config: Config, target: string, now: Date): Promise<BackupMade> {
  const folder = resolve(target);
  const database = join(config.dataDir, DATABASE);
  if (!existsSync(database))
    throw new Problem('not_found', `there is no database in ${config.dataDir}: nothing to back up`);
  if (existsSync(folder)) throw new Problem('conflict', `${folder} is there already: name another folder`);
  const making = `${folder}.making`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true, mode: 0o700 });
  try {
    // First: what it names was on disk before, and is never written again.
    snapshotDatabase(database, join(making, DATABASE));
    const copied = [{ files: 1, bytes: await toDisk(join(making, DATABASE)) }];
    for (const { from, name } of parts(config)) copied.push(await copyTree(from, join(making, name)));
    const files = copied.reduce((sum, part) => sum + part.files, 0);
    const bytes = copied.reduce((sum, part) => sum + part.bytes, 0);
    await writeFile(join(making, MADE), JSON.stringify({ madeAt: now.toISOString(), files, bytes }, null, 2), {
      mode: 0o600,
    });
    await toDisk(join(making, MADE));
    await rename(making, folder);
    return { folder, files, bytes };
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    throw error;
  }
}

export interface Restored {
  readonly madeAt: string;
  readonly files: number;
  /** Numbers of actions that were running when the backup was made. */
  readonly paused: readonly number[];
}

/**
 * Puts a backup into a data folder that has no database yet. Actions that were running are paused: nobody is called by
 * surprise. Throws `Problem` when the folder is in use or not empty, or the backup is not whole.
 */
export async function restoreBackup(config: Config, source: string, now: number): Promise<Restored> {
  const from = resolve(source);
  const made = await manifestOf(from);
  demandWholeDatabase(join(from, DATABASE));
  const { root } = ensureDataFolder(config);
  const lock = lockDataFolder(root);
  try {
    const database = join(root, DATABASE);
    if (existsSync(database))
      throw new Problem('conflict', `${root} has a database already: move it away first, with its -wal and -shm files`);
    for (const { from: to, name } of parts(config)) await copyTree(join(from, name), to);
    // Last: with a database, everything that it names is there.
    await copyFile(join(from, DATABASE), `${database}.new`);
    await chmod(`${database}.new`, 0o600);
    const paused = pauseActions(`${database}.new`, now);
    await toDisk(`${database}.new`);
    await rename(`${database}.new`, database);
    return { ...made, paused };
  } finally {
    lock.release();
  }
}

/** What is copied beside the database: where it lies, and its name in the backup. A file or a folder; it may be missing. */
function parts(config: Config): readonly { readonly from: string; readonly name: string }[] {
  return [
    { from: recordingsFolderOf(config), name: 'recordings' },
    { from: join(config.dataDir, 'sounds'), name: 'sounds' },
    { from: join(config.dataDir, 'tls'), name: 'tls' },
    { from: tokenFile(config), name: 'token' },
  ];
}

function pauseActions(file: string, now: number): readonly number[] {
  const stores = openStores(openDatabase(file, { migrationsFolder: MIGRATIONS }));
  try {
    const running = stores.actions.inState('running');
    for (const { id } of running) stores.actions.move(id, 'running', 'paused', { at: now });
    return running.map(({ number }) => number);
  } finally {
    stores.close();
  }
}

async function manifestOf(folder: string): Promise<{ readonly madeAt: string; readonly files: number }> {
  const text = await readFile(join(folder, MADE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES')
      throw new Problem(
        'conflict',
        `${folder} may not be read by user ${process.getuid?.() ?? ''}: give it to them (chown)`,
      );
    return undefined;
  });
  if (text === undefined) throw new Problem('not_found', `${folder} is no backup: it has no ${MADE}`);
  return JSON.parse(text) as { madeAt: string; files: number };
}

/** Copies a file, or a folder with all that is in it, for our eyes only. What goes away meanwhile is left out. */
async function copyTree(from: string, to: string): Promise<{ files: number; bytes: number }> {
  const entries = await readdir(from, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR') return undefined;
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (!entries) return { files: 1, bytes: await copyOne(from, to) };
  if (entries.length > 0) await mkdir(to, { recursive: true, mode: 0o700 });
  let [files, bytes] = [0, 0];
  for (const entry of entries) {
    const copied = await copyTree(join(from, entry.name), join(to, entry.name));
    files += copied.files;
    bytes += copied.bytes;
  }
  return { files, bytes };
}

async function copyOne(from: string, to: string): Promise<number> {
  try {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await copyFile(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
  await chmod(to, 0o600);
  return toDisk(to);
}

/** Resolves with its size when the file is on disk. */
async function toDisk(file: string): Promise<number> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}
