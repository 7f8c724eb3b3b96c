import { join, resolve } from 'node:path';
import { commandEngine } from '../../src/adapters/speech/command.js';
import { embeddedEngine } from '../../src/adapters/speech/embedded.js';
import type { SpeechEngine } from '../../src/adapters/speech/engine.js';
import { openLexicon } from '../../src/adapters/speech/lexicon-files.js';
import { naturalEngine } from '../../src/adapters/speech/natural/natural.js';
import { sayEngine } from '../../src/adapters/speech/say.js';
import type { SoundWorker } from '../../src/adapters/speech/sound-worker.js';
import type { Log } from '../../src/ports/log.js';

export interface BenchedEngine {
  /** Short, for tables and file names. */
  readonly name: string;
  readonly engine: SpeechEngine;
}

export interface BenchedEngines {
  /** The engines that speak on this machine. */
  readonly engines: readonly BenchedEngine[];
  close(): Promise<void>;
}

interface Options {
  readonly worker: SoundWorker;
  readonly soundsFolder: string;
  /** Settings of the service: its data folder has the natural voices. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

export async function openEngines({ worker, soundsFolder, env, log }: Options): Promise<BenchedEngines> {
  const { lexicon } = await openLexicon(join(soundsFolder, 'nl'));
  const embedded = embeddedEngine(worker, lexicon);
  const voices = join(resolve(env['BURGERNET_DATA'] ?? 'data'), 'voices');
  const natural = naturalEngine({ voices, embedded, worker, log });
  const command = env['BURGERNET_SPEECH_COMMAND'];
  const candidates: readonly BenchedEngine[] = [
    { name: 'embedded', engine: embedded },
    ...(natural.blockedBy() === '' ? [{ name: 'natural', engine: natural }] : []),
    { name: 'say', engine: sayEngine(worker) },
    ...(command === undefined ? [] : [{ name: 'command', engine: commandEngine(command.split(/\s+/), worker) }]),
  ];
  const engines: BenchedEngine[] = [];
  for (const candidate of candidates) if (await candidate.engine.available()) engines.push(candidate);
  return { engines, close: () => natural.close() };
}
