import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sayModule from 'say';
import { SpeechError } from '../../ports/speech.js';
import { ended } from './child-process.js';
import type { SpeechEngine } from './engine.js';
import type { SoundWorker } from './sound-worker.js';

const TIME_MS = 60_000;
/** The voice's normal speed is 175 words a minute. A telephone needs about 145. */
const SPEED = 0.83;
/** The Dutch voice of each system. Fixed, because on Windows the name becomes part of a command line. */
const VOICES: Readonly<Record<string, string>> = { darwin: 'Xander', win32: 'Microsoft Frank' };

/** One speaker of the package. Its types describe only the shared speaker. */
interface Speaker {
  readonly child: ChildProcess | null;
  export(text: string, voice: string, speed: number, file: string, callback: (error: unknown) => void): void;
}
type NewSpeaker = new (platform: string) => Speaker;

/**
 * Speaks with the package `say` on macOS and Windows; on Linux it cannot write files. The package runs a
 * program without a listener for its errors, takes exit code 1 for success and any warning for failure, and
 * has one process per speaker. Therefore each text gets a speaker of its own, one text at a time, with our
 * own listeners, and only the exit code and the file decide.
 */
export function sayEngine(
  worker: SoundWorker,
  options: { readonly platform?: string; readonly timeMs?: number } = {},
): SpeechEngine {
  const platform = options.platform ?? process.platform;
  const voice = VOICES[platform];
  let before: Promise<unknown> = Promise.resolve();
  const speak = async (text: string) => {
    if (voice === undefined) throw failed('It can write files on macOS and Windows only.');
    const turn = before.then(() => exported(text, voice, platform, options.timeMs ?? TIME_MS));
    before = turn.catch(() => undefined);
    return worker.run({ kind: 'wav', file: await turn, from: 'engine' });
  };
  return {
    id: `say ${platform} ${voice ?? 'none'} ${SPEED}`,
    voice: `say ${voice ?? 'none'}`,
    reads: (text) => ({ text, words: [] }),
    speak,
    available: () =>
      speak('goed').then(
        () => true,
        () => false,
      ),
  };
}

async function exported(text: string, voice: string, platform: string, timeMs: number): Promise<Uint8Array> {
  const file = join(tmpdir(), `burgernet-${randomUUID()}.wav`);
  try {
    const speaker = new (sayModule as unknown as { Say: NewSpeaker }).Say(platform);
    // The space keeps a text that starts with "-" from being taken for an option.
    speaker.export(` ${text}`, voice, SPEED, file, () => undefined);
    if (speaker.child === null) throw failed('It did not start.');
    const result = await ended(speaker.child, 'say', timeMs);
    if (!result.ok) throw failed(result.reason);
    return await readFile(file);
  } catch (error) {
    throw error instanceof SpeechError ? error : failed('It wrote no file.', error);
  } finally {
    await rm(file, { force: true });
  }
}

const failed = (reason: string, cause?: unknown): SpeechError =>
  new SpeechError(
    'engine_failed',
    `The speech program of this system failed. ${reason} Use the embedded engine or a command instead.`,
    cause === undefined ? undefined : { cause },
  );
