import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** A named pipe that is read only when a test reads it. */
export interface UnreadPipe {
  /** The file descriptor for the program that writes. */
  readonly writeEnd: number;
  /** Reads everything that is in the pipe now. */
  read(): string;
  /** Closes the read end: writes to the pipe fail from now on. */
  closeReader(): void;
}

export function openUnreadPipe(folder: string, name: string): UnreadPipe {
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
    closeReader: () => {
      closeSync(readEnd);
    },
  };
}
