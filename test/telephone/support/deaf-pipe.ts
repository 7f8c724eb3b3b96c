import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** A pipe of which nobody reads a byte until they are asked to. */
export interface DeafPipe {
  /** What a program is given to write to. */
  readonly writeEnd: number;
  /** All that is in it now. */
  read(): string;
  /** From now on nobody holds its read end: writes to it fail. */
  leave(): void;
}

export function openDeafPipe(folder: string, name: string): DeafPipe {
  const path = join(folder, name);
  execFileSync('mkfifo', [path]);
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, constants.O_WRONLY);
  return {
    writeEnd,
    read: () => {
      const chunk = Buffer.alloc(1024 * 1024);
      let text = '';
      for (;;) {
        try {
          const count = readSync(readEnd, chunk);
          if (count === 0) return text;
          text += chunk.toString('utf8', 0, count);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return text;
          throw error;
        }
      }
    },
    leave: () => {
      closeSync(readEnd);
    },
  };
}
