import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectDatabase, type DatabaseFacts } from './adapters/sqlite/snapshot.js';
import { Problem } from './domain/problem.js';

export const DATABASE = 'burgernet.db';
export const MANIFEST = 'backup.json';
/** A damaged backup may have thousands of wrong files; the message names this many. */
const MOST_NAMED = 5;

export interface FileFacts {
  readonly bytes: number;
  readonly sha256: string;
}

/** The contents of `backup.json`. Backups of versions without checksums have only the first three fields. */
export interface Manifest {
  readonly madeAt: string;
  readonly files: number;
  readonly bytes: number;
  /** Size and checksum of each file, by its path in the backup, with `/`. */
  readonly sums?: Readonly<Record<string, FileFacts>>;
  readonly database?: DatabaseFacts;
  /** SHA-256 of the JSON of all fields above. */
  readonly seal?: string;
}

export function sealed(manifest: Manifest): Manifest {
  return { ...manifest, seal: sealOf(manifest) };
}

function sealOf({ seal: _, ...rest }: Manifest): string {
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex');
}

export async function factsOf(file: string): Promise<FileFacts> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/**
 * Paths of all files below a folder, with `/`. The path of an entry that is neither a file nor a folder ends
 * in `(not a file)`.
 */
export async function filesBelow(folder: string, prefix = ''): Promise<string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await filesBelow(folder, path)));
    else found.push(entry.isFile() ? path : `${path} (not a file)`);
  }
  return found.toSorted();
}

/**
 * Reads the whole backup and compares it with its `backup.json`. Throws a `Problem` that says what is wrong.
 * After that, no part of the backup may be used.
 *
 * @param migrationsFolder the migrations of this program; a database of a newer version is refused
 */
export async function verifyBackup(folder: string, migrationsFolder: string): Promise<Manifest> {
  const manifest = await readManifest(folder);
  const names = (await filesBelow(folder)).filter((name) => name !== MANIFEST);
  const wrong = manifest.sums
    ? await differences(folder, names, manifest.sums)
    : await oldDifferences(folder, names, manifest);
  if (wrong.length > 0) {
    const more = wrong.length > MOST_NAMED ? ` and ${wrong.length - MOST_NAMED} more` : '';
    throw damaged(folder, `${wrong.slice(0, MOST_NAMED).join('; ')}${more}`);
  }
  const facts = inspectDatabase(join(folder, DATABASE), migrationsFolder);
  const rows = manifest.database ? rowDifferences(facts.rows, manifest.database.rows) : [];
  if (rows.length > 0) throw damaged(folder, rows.slice(0, MOST_NAMED).join('; '));
  return manifest;
}

const damaged = (folder: string, what: string): Problem =>
  new Problem('unavailable', `the backup ${folder} is damaged: ${what}`);

async function readManifest(folder: string): Promise<Manifest> {
  if (!(await isFolder(folder))) throw new Problem('not_found', `there is no folder ${folder}`);
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES')
      throw new Problem(
        'conflict',
        `${folder} may not be read by user ${process.getuid?.() ?? ''}: give it to them (chown)`,
      );
    return undefined;
  });
  if (text === undefined) throw new Problem('not_found', `${folder} is not a backup: it has no ${MANIFEST}`);
  const manifest = asManifest(text);
  if (!manifest) throw damaged(folder, `${MANIFEST} cannot be read`);
  const isOld = manifest.seal === undefined && manifest.sums === undefined && manifest.database === undefined;
  if (!isOld && manifest.seal !== sealOf(manifest)) throw damaged(folder, `${MANIFEST} was changed`);
  return manifest;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function asManifest(text: string): Manifest | undefined {
  try {
    const read = JSON.parse(text) as Partial<Manifest> | null;
    const whole = typeof read?.madeAt === 'string' && typeof read.files === 'number' && typeof read.bytes === 'number';
    return whole ? (read as Manifest) : undefined;
  } catch {
    return undefined;
  }
}

async function differences(
  folder: string,
  names: readonly string[],
  sums: Readonly<Record<string, FileFacts>>,
): Promise<string[]> {
  const there = new Set(names);
  const wrong: string[] = [];
  for (const [name, expected] of Object.entries(sums)) {
    if (!there.has(name)) {
      wrong.push(`${name} is missing`);
      continue;
    }
    const { bytes, sha256 } = await factsOf(join(folder, name));
    if (bytes !== expected.bytes) wrong.push(`${name} has ${bytes} bytes instead of ${expected.bytes}`);
    else if (sha256 !== expected.sha256) wrong.push(`${name} was changed`);
  }
  return [
    ...wrong,
    ...names.filter((name) => !Object.hasOwn(sums, name)).map((name) => `${name} does not belong to it`),
  ];
}

/** Differences of a backup without checksums: only the numbers of files and bytes are compared. */
async function oldDifferences(folder: string, names: readonly string[], manifest: Manifest): Promise<string[]> {
  if (!names.includes(DATABASE)) return [`${DATABASE} is missing`];
  let bytes = 0;
  for (const name of names) bytes += (await stat(join(folder, name)).catch(() => ({ size: 0 }))).size;
  if (names.length !== manifest.files) return [`it has ${names.length} files instead of ${manifest.files}`];
  return bytes === manifest.bytes ? [] : [`it has ${bytes} bytes instead of ${manifest.bytes}`];
}

function rowDifferences(found: DatabaseFacts['rows'], expected: DatabaseFacts['rows']): string[] {
  return [...new Set([...Object.keys(expected), ...Object.keys(found)])].flatMap((table) =>
    found[table] === expected[table]
      ? []
      : [`the table ${table} has ${found[table] ?? 'no'} rows instead of ${expected[table] ?? 'none'}`],
  );
}
