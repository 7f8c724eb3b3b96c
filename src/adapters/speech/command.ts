import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atMost } from '../../lib/at-most.js';
import { SpeechError } from '../../ports/speech.js';
import { ended } from './child-process.js';
import type { SpeechEngine } from './engine.js';
import type { SoundWorker } from './sound-worker.js';

const TIME_MS = 60_000;
/** About 174 s of 48 kHz, 32 bits, stereo. */
const MOST_BYTES = 64 * 1024 * 1024;
const FILE = '{file}';
/** Programs at the same time: a voice may take 500 MB and all processors. */
const AT_ONCE = 2;

export interface CommandOptions {
  /** Time limit of one text, ms; default one minute. */
  readonly timeMs?: number;
  /** Ends the programs. Sounds that are being made fail. */
  readonly signal?: AbortSignal;
}

/**
 * Speaks with an external program, started without a shell. The program reads the text (UTF-8) on standard
 * input and writes a wav to standard output, or to the file whose path replaces `{file}` in the arguments.
 */
export function commandEngine(
  command: readonly string[],
  worker: SoundWorker,
  options: CommandOptions = {},
): SpeechEngine {
  const [program = '', ...args] = command;
  const turn = atMost(AT_ONCE);
  const speak = async (text: string) => {
    const wav = await turn(() => outputOf(program, args, text, options));
    return worker.run({ kind: 'wav', file: wav, from: 'engine' });
  };
  return {
    id: `command ${createHash('sha256').update(JSON.stringify(command)).digest('hex').slice(0, 16)}`,
    voice: 'command',
    reads: (text) => ({ text, words: [] }),
    speak,
    available: () =>
      speak('goed').then(
        () => true,
        () => false,
      ),
  };
}

async function outputOf(
  program: string,
  args: readonly string[],
  text: string,
  options: CommandOptions,
): Promise<Uint8Array> {
  if (program === '') throw failed('No program is set.');
  const file = args.some((arg) => arg.includes(FILE)) ? join(tmpdir(), `burgernet-${randomUUID()}.wav`) : undefined;
  try {
    const output = await run(
      program,
      args.map((arg) => arg.replaceAll(FILE, file ?? '')),
      text,
      options,
    );
    return file === undefined ? output : await readOutput(file);
  } finally {
    if (file !== undefined) await rm(file, { force: true });
  }
}

async function run(
  program: string,
  args: readonly string[],
  text: string,
  { signal, timeMs = TIME_MS }: CommandOptions,
): Promise<Uint8Array> {
  if (signal?.aborted === true) throw failed('Speech is closed.');
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], shell: false, windowsHide: true });
  const kill = (): void => killed(child);
  signal?.addEventListener('abort', kill, { once: true });
  const end = ended(child, program, timeMs).finally(() => signal?.removeEventListener('abort', kill));
  const pieces: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (piece: Buffer) => {
    size += piece.length;
    if (size > MOST_BYTES) child.kill('SIGKILL');
    else pieces.push(piece);
  });
  child.stdin.end(text);
  const result = await end;
  if (!result.ok) throw failed(result.reason);
  return Buffer.concat(pieces);
}

const killed = (child: ChildProcess): void => void child.kill('SIGKILL');

async function readOutput(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw failed('The program wrote no file.', error);
  }
}

const failed = (reason: string, cause?: unknown): SpeechError =>
  new SpeechError(
    'engine_failed',
    `The speech command failed. ${reason} The program must read a text on its input and write a wav.`,
    cause === undefined ? undefined : { cause },
  );
