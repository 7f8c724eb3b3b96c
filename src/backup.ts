import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from './adapters/sqlite/database.js';
import { lockDataFolder } from './adapters/sqlite/folder-lock.js';
import { inspectDatabase, snapshotDatabase } from './adapters/sqlite/snapshot.js';
import { openStores } from './adapters/sqlite/stores.js';
import { DATABASE, factsOf, filesBelow, MANIFEST, sealed, verifyBackup, type FileFacts } from './backup-manifest.js';
import { recordingsFolderOf } from './asterisk-setup.js';
import { ensureDataFolder, tokenFile, type Config } from './config.js';
import { Problem } from './domain/problem.js';
import { arriving, bringFiles, forgetFiles, placeFiles, flushToDisk, type Placing } from './restored-files.js';

/**
 * A backup is a folder with the database, recordings, rendered and uploaded sounds, installed voices, and the
 * secrets that others rely on (the API token, the certificate). Asterisk's configuration is not included,
 * because each start generates it.
 *
 *     burgernet.db   a snapshot of one instant
 *     recordings/    copied after the database, so every file that the database names is there
 *     sounds/
 *     voices/
 *     content/       what the administrator added, such as own words for the voice
 *     tls/, token
 *     backup.json    size and checksum of each file, rows of each table; written last, so a backup that has
 *                    this file is complete
 */
const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url));

export interface BackupMade {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
}

/** Makes a backup in a new folder. The service may be running, and calls go on. Throws `Problem`. */
export async function makeBackup(config: Config, target: string, now: Date): Promise<BackupMade> {
  const folder = resolve(target);
  const database = join(config.dataDir, DATABASE);
  if (!existsSync(database))
    throw new Problem('not_found', `there is no database in ${config.dataDir}: nothing to back up`);
  if (existsSync(folder)) throw new Problem('conflict', `${folder} already exists: name another folder`);
  const making = `${folder}.making`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true, mode: 0o700 });
  try {
    // The database comes first, because the files that it names are on disk already and never change.
    snapshotDatabase(database, join(making, DATABASE));
    await flushToDisk(join(making, DATABASE));
    for (const { from, name } of parts(config)) await copyTree(from, join(making, name));
    // Checksums of the copies, read back from disk, so that a bad copy shows at once.
    const sums: Record<string, FileFacts> = {};
    for (const name of await filesBelow(making)) sums[name] = await factsOf(join(making, name));
    const files = Object.keys(sums).length;
    const bytes = Object.values(sums).reduce((sum, one) => sum + one.bytes, 0);
    const facts = inspectDatabase(join(making, DATABASE), MIGRATIONS);
    const manifest = sealed({ madeAt: now.toISOString(), files, bytes, sums, database: facts });
    await writeFile(join(making, MANIFEST), JSON.stringify(manifest, null, 2), { mode: 0o600 });
    await flushToDisk(join(making, MANIFEST));
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
  /** Numbers of the actions that were running when the backup was made; they are paused now. */
  readonly paused: readonly number[];
}

/** Compares a whole backup with its `backup.json`. Throws a `Problem` that says what is wrong. */
export async function checkBackup(
  source: string,
  migrations = MIGRATIONS,
): Promise<{ madeAt: string; files: number; sums: boolean }> {
  const { madeAt, files, sums } = await verifyBackup(resolve(source), migrations);
  return { madeAt, files, sums: sums !== undefined };
}

/**
 * Puts a backup into a data folder that has no database yet. Actions that were running are paused, so that
 * nobody is called by surprise. Throws `Problem` when the folder is in use or has a database, or when the
 * backup is damaged. Nothing has changed then.
 */
export async function restoreBackup(
  config: Config,
  source: string,
  now: number,
  migrations = MIGRATIONS,
): Promise<Restored> {
  const from = resolve(source);
  const { madeAt, files, sums } = await verifyBackup(from, migrations);
  const { root } = ensureDataFolder(config);
  const lock = lockDataFolder(root);
  try {
    const database = join(root, DATABASE);
    const there = [database, `${database}-wal`, `${database}-shm`].find((file) => existsSync(file));
    if (there !== undefined)
      throw new Problem('conflict', `${root} already has a database: move it away first, with its -wal and -shm files`);
    const placings: Placing[] = [];
    for (const { from: place, name } of parts(config))
      for (const path of await filesOf(from, name))
        placings.push({ from: join(from, path), to: join(place, path.slice(name.length)), facts: sums?.[path] });
    // The database comes last, so that every file that it names is there once it is in place.
    placings.push({ from: join(from, DATABASE), to: database, facts: sums?.[DATABASE] });
    await bringFiles(placings);
    const paused = await orForget(placings, () => pauseActions(arriving(database), now, migrations));
    await placeFiles(placings);
    return { madeAt, files, paused };
  } finally {
    lock.release();
  }
}

/** The files of one part of a backup: a single file, all files of a folder, or none. */
async function filesOf(backup: string, name: string): Promise<string[]> {
  const all = await filesBelow(backup);
  return all.filter((path) => path === name || path.startsWith(`${name}/`));
}

async function orForget<T>(placings: readonly Placing[], work: () => T): Promise<T> {
  try {
    return work();
  } catch (error) {
    const last = placings.at(-1);
    if (last) for (const side of ['-wal', '-shm']) await rm(`${arriving(last.to)}${side}`, { force: true });
    await forgetFiles(placings);
    throw error;
  }
}

/**
 * The parts besides the database: the path in the data folder and the name in the backup. Each part is a file
 * or a folder, and may be missing.
 */
function parts(config: Config): readonly { readonly from: string; readonly name: string }[] {
  return [
    { from: recordingsFolderOf(config), name: 'recordings' },
    { from: join(config.dataDir, 'sounds'), name: 'sounds' },
    { from: join(config.dataDir, 'voices'), name: 'voices' },
    { from: join(config.dataDir, 'content'), name: 'content' },
    { from: join(config.dataDir, 'tls'), name: 'tls' },
    { from: tokenFile(config), name: 'token' },
  ];
}

function pauseActions(file: string, now: number, migrationsFolder: string): readonly number[] {
  const stores = openStores(openDatabase(file, { migrationsFolder, copyBeforeMigration: false }));
  try {
    const running = stores.actions.inState('running');
    for (const { id } of running) stores.actions.move(id, 'running', 'paused', { at: now });
    return running.map(({ number }) => number);
  } finally {
    stores.close();
  }
}

/** Copies a file or folder, readable by this user only. Files that disappear during the copy are left out. */
async function copyTree(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR') return undefined;
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (!entries) return copyOne(from, to);
  for (const entry of entries) await copyTree(join(from, entry.name), join(to, entry.name));
}

async function copyOne(from: string, to: string): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await copyFile(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await chmod(to, 0o600);
  await flushToDisk(to);
}
