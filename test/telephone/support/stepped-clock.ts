import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SOURCE = fileURLToPath(new URL('stepped-clock.c', import.meta.url));

/**
 * A wall clock of its own for the programs that are started on it. The clock of the machine stays as it is.
 */
export interface SteppedClock {
  /** Runs `start`; the programs that it starts run on this clock. */
  with<T>(start: () => Promise<T>): Promise<T>;
  /** Steps the clock forward, or back, at once. */
  step(seconds: number): Promise<void>;
  remove(): Promise<void>;
}

/** Needs a C compiler (`cc`): the clock is a small library that is preloaded into Asterisk. */
export async function steppedClock(): Promise<SteppedClock> {
  const folder = await mkdtemp(join(tmpdir(), 'bn-clock-'));
  const [library, offset] = [join(folder, 'clock.so'), join(folder, 'offset')];
  await promisify(execFile)('cc', ['-O2', '-shared', '-fPIC', '-o', library, SOURCE]).catch((cause: unknown) => {
    throw new Error('this test needs a C compiler: apt-get install gcc libc6-dev', { cause });
  });
  const file = await open(offset, 'w+');
  let now = 0n;
  const write = async (): Promise<void> => {
    const bytes = Buffer.alloc(8);
    if (new Uint8Array(new Uint16Array([1]).buffer)[0] === 1) bytes.writeBigInt64LE(now);
    else bytes.writeBigInt64BE(now);
    await file.write(bytes, 0, bytes.length, 0);
  };
  await write();
  return {
    with: async (start) => {
      const before = { LD_PRELOAD: process.env.LD_PRELOAD, BURGERNET_TEST_CLOCK: process.env.BURGERNET_TEST_CLOCK };
      Object.assign(process.env, { LD_PRELOAD: library, BURGERNET_TEST_CLOCK: offset });
      try {
        return await start();
      } finally {
        for (const [name, value] of Object.entries(before))
          if (value === undefined) delete process.env[name];
          else process.env[name] = value;
      }
    },
    step: (seconds) => {
      now += BigInt(seconds);
      return write();
    },
    remove: async () => {
      await file.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
