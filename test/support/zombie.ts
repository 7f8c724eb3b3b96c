import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** Makes a process that has ended and of which its parent takes no note (a zombie, proc(5)); it is gone when `use` is done. Linux only. */
export async function withZombie(use: (pid: number) => void | Promise<void>): Promise<void> {
  // What the shell becomes never waits for the child that it had; the shell itself might.
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const until = async (file: string, says: RegExp): Promise<void> => {
    while (!says.test(readFileSync(file, 'utf8'))) await new Promise((next) => setImmediate(next));
  };
  try {
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(said.toString());
    await until(`/proc/${parent.pid ?? 0}/comm`, /^sleep$/m);
    process.kill(pid, 'SIGKILL');
    await until(`/proc/${pid}/stat`, /\) Z /);
    await use(pid);
  } finally {
    const gone = once(parent, 'exit');
    parent.kill('SIGKILL');
    await gone;
  }
}
