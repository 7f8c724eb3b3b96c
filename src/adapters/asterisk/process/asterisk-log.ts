import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Warnings and errors of Asterisk. Asterisk rotates the file at the size limit, so earlier messages are in
 * `messages.log.0` to `.2`.
 */
export const MESSAGES_LOG = 'messages.log';
/** Standard output of Asterisk, which is short: why it cannot start, or why it crashed. */
export const OUTPUT_LOG = 'output.log';

const LONG_OUTPUT_BYTES = 1024 * 1024;

/** Length of each log when Asterisk was started, bytes. */
export type LogLengths = Readonly<Record<string, number>>;

/**
 * The lengths of the logs before Asterisk is started. A long `output.log` is renamed first, and replaces the
 * file that was renamed before.
 */
export async function logLengths(folder: string): Promise<LogLengths> {
  const output = join(folder, OUTPUT_LOG);
  if ((await sizeOf(output)) > LONG_OUTPUT_BYTES) await rename(output, `${output}.0`);
  return { [MESSAGES_LOG]: await sizeOf(join(folder, MESSAGES_LOG)), [OUTPUT_LOG]: await sizeOf(output) };
}

/** The last errors that Asterisk wrote since its logs had the lengths `before`. */
export async function lastErrors(folder: string, before: LogLengths): Promise<string> {
  const read = async (name: string): Promise<string[]> => {
    const bytes = await readFile(join(folder, name)).catch(() => Buffer.alloc(0));
    const length = before[name] ?? 0;
    // A log that is shorter than before was rotated meanwhile, so all of it is new.
    const own = bytes.length < length ? bytes : bytes.subarray(length);
    return own
      .toString()
      .split('\n')
      .filter((line) => line !== '');
  };
  const errors = (await read(MESSAGES_LOG))
    .filter((line) => line.includes('ERROR'))
    .map((line) => line.replace(/^.*ERROR\[\d+\]\s*/, ''));
  const last = errors.length > 0 ? errors : await read(OUTPUT_LOG);
  return last.slice(-2).join(' / ') || 'Asterisk gave no reason';
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );
