import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A real file system of a few megabytes, which only who is started in it sees: nothing of the machine changes. */
export interface SmallDisk {
  /** Where it lies for who is started in it. */
  readonly path: string;
  /** The same place for everybody else. */
  readonly seen: string;
  /** What starts a program in it: these words, then the program's own. */
  readonly enter: readonly string[];
  /** Until not a byte is left. */
  fill(): void;
  makeRoom(): void;
  /** It is gone with everything on it, once nobody is in it any more. */
  close(): Promise<void>;
}

const NEEDS =
  'this test fills a disk of its own: it needs to mount one in a namespace, so run it as root, ' +
  'or let users have namespaces (sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces)';
const CHUNKS = [1024 * 1024, 4096, 1];

/** Throws, saying what it takes, where no file system can be mounted. @param path an empty folder */
export async function openSmallDisk(path: string, megabytes: number): Promise<SmallDisk> {
  mkdirSync(path, { recursive: true });
  // Root has its own namespace of mounts; anybody else one of users as well, in which they are root.
  const own = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const script = `mount -t tmpfs -o size=${megabytes}m,mode=0700 small-disk "$0" && echo ready && exec cat >/dev/null`;
  const keeper = spawn('unshare', [...own, '--mount', 'sh', '-c', script, path], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  keeper.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const ended = once(keeper, 'close').catch((error: unknown) => [String(error)]);
  const ready = await Promise.race([once(keeper.stdout, 'data').then(() => true), ended.then(() => false)]);
  if (!ready || keeper.pid === undefined) throw new Error(`${NEEDS} (${said.trim() || 'unshare is not there'})`);
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
