import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** Creates a zombie process (proc(5)) for the duration of `use`. Linux only. */
export async function withZombie(use: (pid: number) => void | Promise<void>): Promise<void> {
  // A shell might reap its child, so the shell becomes a `sleep`, which never reaps the child that it
  // inherits.
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
