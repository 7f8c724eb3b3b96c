import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A real file system of a few megabytes, mounted in a namespace of its own: other programs do not see it. */
export interface SmallDisk {
  /** The mount point, for programs that are started in the namespace. */
  readonly path: string;
  /** The same folder for every other program. */
  readonly seen: string;
  /** The command that starts a program in the namespace; its words come before the program's own. */
  readonly enter: readonly string[];
  /** Fills the disk to the last byte. */
  fill(): void;
  /** Frees the space that `fill` took. */
  makeRoom(): void;
  /** Removes the disk with everything on it, after the last program in the namespace has ended. */
  close(): Promise<void>;
}

const NEEDS =
  'this test fills a disk of its own: it needs to mount one in a namespace, so run it as root, ' +
  'or let users have namespaces (sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces)';
const CHUNKS = [1024 * 1024, 4096, 1];

/**
 * Mounts the disk. Throws an error that says what is needed when no file system can be mounted.
 * @param path an empty folder
 */
export async function openSmallDisk(path: string, megabytes: number): Promise<SmallDisk> {
  mkdirSync(path, { recursive: true });
  // Root needs a mount namespace only. Other users also need a user namespace, in which they are root.
  const own = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const script = `mount -t tmpfs -o size=${megabytes}m,mode=0700 small-disk "$0" && echo ready && exec cat >/dev/null`;
  const keeper = spawn('unshare', [...own, '--mount', 'sh', '-c', script, path], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  keeper.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const ended = once(keeper, 'close').catch((error: unknown) => [String(error)]);
  const ready = await Promise.race([once(keeper.stdout, 'data').then(() => true), ended.then(() => false)]);
  if (!ready || keeper.pid === undefined) throw new Error(`${NEEDS} (${said.trim() || 'unshare is not installed'})`);
  const seen = join(`/proc/${keeper.pid}/root`, path);
  const filler = join(seen, 'filler');
  const users = own.length === 0 ? [] : ['--user', '--preserve-credentials'];
  return {
    path,
    seen,
    enter: ['nsenter', '--target', String(keeper.pid), ...users, '--mount', '--'],
    fill: () => {
      const file = openSync(filler, 'w');
      try {
        for (const size of CHUNKS) writeUntilFull(file, Buffer.alloc(size));
      } finally {
        closeSync(file);
      }
      if (statfsSync(seen).bavail > 0) throw new Error('the disk is not full');
    },
    makeRoom: () => {
      rmSync(filler);
    },
    close: async () => {
      keeper.stdin.end();
      await ended;
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function writeUntilFull(file: number, chunk: Buffer): void {
  for (;;) {
    try {
      writeSync(file, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  }
}
