import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Asterisk's warnings and errors; what it began anew at its largest size is `messages.log.0` to `.2`. */
export const MESSAGES_LOG = 'messages.log';
/** What it says on its standard output, which is little: that it cannot start, or why it crashed. */
export const OUTPUT_LOG = 'output.log';

const LONG_OUTPUT_BYTES = 1024 * 1024;

/** How long each was when this Asterisk was started. */
export type LogEnds = Readonly<Record<string, number>>;

/** Where the logs end now: what a new Asterisk writes comes after that. A long `output.log` is put aside, one is kept. */
export async function logEnds(folder: string): Promise<LogEnds> {
  const output = join(folder, OUTPUT_LOG);
  if ((await sizeOf(output)) > LONG_OUTPUT_BYTES) await rename(output, `${output}.0`);
  return { [MESSAGES_LOG]: await sizeOf(join(folder, MESSAGES_LOG)), [OUTPUT_LOG]: await sizeOf(output) };
}

/** The last errors that Asterisk wrote before it stopped, of those after `ends`. */
export async function lastWords(folder: string, ends: LogEnds): Promise<string> {
  const read = async (name: string): Promise<string[]> => {
    const bytes = await readFile(join(folder, name)).catch(() => Buffer.alloc(0));
    const end = ends[name] ?? 0;
    // Shorter than it was: it was begun anew.
    const own = bytes.length < end ? bytes : bytes.subarray(end);
    return own
      .toString()
      .split('\n')
      .filter((line) => line !== '');
  };
  const errors = (await read(MESSAGES_LOG))
    .filter((line) => line.includes('ERROR'))
    .map((line) => line.replace(/^.*ERROR\[\d+\]\s*/, ''));
  const words = errors.length > 0 ? errors : await read(OUTPUT_LOG);
  return words.slice(-2).join(' / ') || 'it gave no reason';
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );
