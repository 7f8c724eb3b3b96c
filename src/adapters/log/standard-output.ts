import { constants, fstatSync, openSync, writeSync, type Stats } from 'node:fs';
import { maskNumbers } from './mask-numbers.js';
import { Output } from './output.js';

/** Longest wait for the last lines of a process. */
const LAST_WORDS_MS = 1_000;

const outputs = new Map<1 | 2, Output>();

/** Standard output (1) or standard error (2) of this process. All writers share one `Output` for each. */
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

/** Writes to standard error why this process ends. A stopped reader does not keep the process from ending. */
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
 * A descriptor of the same destination on which a write returns at once. A file needs no change, because a
 * write to a slow or full disk ends by itself. A terminal is opened again, because its open file description
 * is shared with the shell.
 */
function withoutWaiting(fd: 1 | 2): number {
  const kind = kindOf(fstatSync(fd));
  if (kind === 'terminal') {
    try {
      return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    } catch {
      // The terminal belongs to another user (su), or /proc is missing. A write may wait in that case.
      return fd;
    }
  }
  // Node makes a pipe or socket non-blocking on the first access to the stream, and restores it at exit.
  if (kind === 'pipe') void (fd === 1 ? process.stdout : process.stderr);
  return fd;
}

function kindOf(stats: Stats): 'file' | 'pipe' | 'terminal' {
  if (stats.isFIFO() || stats.isSocket()) return 'pipe';
  return stats.isCharacterDevice() ? 'terminal' : 'file';
}
