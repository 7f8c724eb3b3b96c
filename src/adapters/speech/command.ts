import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpeechError } from '../../ports/speech.js';
import { ended } from './child-process.js';
import type { SpeechEngine } from './engine.js';
import type { SoundWorker } from './sound-worker.js';

const TIME_MS = 60_000;
/** 120 s of 48 kHz 32-bit stereo, and some. */
const MOST_BYTES = 64 * 1024 * 1024;
const FILE = '{file}';

/**
 * An external program: program and arguments, never a shell. It reads the text (UTF-8) on its standard input and writes a
 * wav to its standard output, or to the file whose path takes the place of `{file}` in the arguments.
 */
export function commandEngine(
  command: readonly string[],
  worker: SoundWorker,
  options: { readonly timeMs?: number } = {},
): SpeechEngine {
  const [program = '', ...args] = command;
  const speak = async (text: string) => {
    const wav = await outputOf(program, args, text, options.timeMs ?? TIME_MS);
    return worker.run({ kind: 'wav', file: wav, from: 'engine' });
  };
  return {
    id: `command ${createHash('sha256').update(JSON.stringify(command)).digest('hex').slice(0, 16)}`,
    speak,
    available: () =>
      speak('goed').then(
        () => true,
        () => false,
      ),
  };
}

async function outputOf(program: string, args: readonly string[], text: string, timeMs: number): Promise<Uint8Array> {
  if (program === '') throw failed('No program is set.');
  const file = args.some((arg) => arg.includes(FILE)) ? join(tmpdir(), `burgernet-${randomUUID()}.wav`) : undefined;
  try {
    const output = await run(
      program,
      args.map((arg) => arg.replaceAll(FILE, file ?? '')),
      text,
      timeMs,
    );
    return file === undefined ? output : await written(file);
  } finally {
    if (file !== undefined) await rm(file, { force: true });
  }
}

async function run(program: string, args: readonly string[], text: string, timeMs: number): Promise<Uint8Array> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], shell: false, windowsHide: true });
  const end = ended(child, program, timeMs);
  const pieces: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (piece: Buffer) => {
    size += piece.length;
    if (size > MOST_BYTES) child.kill('SIGKILL');
    else pieces.push(piece);
  });
  child.stdin.end(text);
  const how = await end;
  if (!how.ok) throw failed(how.reason);
  return Buffer.concat(pieces);
}

async function written(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw failed('The program wrote no file.', error);
  }
}

const failed = (reason: string, cause?: unknown): SpeechError =>
  new SpeechError(
    'engine_failed',
    `The speech command failed. ${reason} Allowed is a program that reads a text on its input and writes a wav.`,
    cause === undefined ? undefined : { cause },
  );
