import { constants, fstatSync, openSync, writeSync, type Stats } from 'node:fs';
import { maskNumbers } from './mask-numbers.js';
import { Output } from './output.js';

/** The last words of a process may take so long. */
const LAST_WORDS_MS = 1_000;

const outputs = new Map<1 | 2, Output>();

/** Standard output (1) or standard error (2) of this process, one for all who write there. */
export function standardOutput(fd: 1 | 2): Output {
  const known = outputs.get(fd);
  if (known) return known;
  const target = withoutWaiting(fd);
  const output = new Output((bytes) => writeSync(target, bytes), droppedLine);
  process.on('exit', () => {
    output.flush(LAST_WORDS_MS);
  });
  outputs.set(fd, output);
  return output;
}

/** Says on standard error why this process ends. A reader that stands still does not keep it from ending. */
export function lastWords(lines: readonly string[]): void {
  const output = standardOutput(2);
  for (const line of lines) output.write(`${maskNumbers(line)}\n`);
  output.flush(LAST_WORDS_MS);
}

function droppedLine(dropped: number): string {
  const lines = dropped === 1 ? 'log line was dropped' : 'log lines were dropped';
  return `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), dropped, msg: `${dropped} ${lines}` })}\n`;
}

/**
 * A descriptor for the same place on which a write returns at once. A file needs nothing: a disk is slow or full, but
 * a write to it ends. A terminal is opened once more, since its own description belongs to the shell as well.
 */
function withoutWaiting(fd: 1 | 2): number {
  const kind = kindOf(fstatSync(fd));
  if (kind === 'terminal') {
    try {
      return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    } catch {
      // It belongs to another user (su), or this system has no such files: then a write may wait for the terminal.
      return fd;
    }
  }
  // Node makes a pipe or a socket non-blocking when it looks at the stream, and puts that back when it exits.
  if (kind === 'pipe') void (fd === 1 ? process.stdout : process.stderr);
  return fd;
}

function kindOf(stats: Stats): 'file' | 'pipe' | 'terminal' {
  if (stats.isFIFO() || stats.isSocket()) return 'pipe';
  return stats.isCharacterDevice() ? 'terminal' : 'file';
}
