import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { commandEngine } from '../../src/adapters/speech/command.js';
import { embeddedEngine } from '../../src/adapters/speech/embedded.js';
import type { SpeechEngine } from '../../src/adapters/speech/engine.js';
import { openLexicon } from '../../src/adapters/speech/lexicon-files.js';
import { installVoice } from '../../src/adapters/speech/natural/install-voice.js';
import { naturalEngine } from '../../src/adapters/speech/natural/natural.js';
import { sayEngine } from '../../src/adapters/speech/say.js';
import type { SoundWorker } from '../../src/adapters/speech/sound-worker.js';
import type { Log } from '../../src/ports/log.js';
import { costModel, piperSettings, writeVoice } from '../../test/support/test-voices.js';

export interface BenchedEngine {
  /** Short, for tables and file names. */
  readonly name: string;
  readonly engine: SpeechEngine;
  /** Its sound is noise, so only the time that it takes says anything. */
  readonly onlyTime?: true;
}

/** Hz, as in the voices of quality "medium". */
const VOICE_RATE = 22_050;

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
  const folder = await mkdtemp(join(tmpdir(), 'burgernet-voice-'));
  const madeVoices = join(folder, 'voices');
  const made = naturalEngine({ voices: madeVoices, embedded, worker, log });
  const close = async (): Promise<void> => {
    await Promise.all([natural.close(), made.close()]);
    await rm(folder, { recursive: true });
  };
  try {
    const candidates: BenchedEngine[] = [{ name: 'embedded', engine: embedded }];
    if (natural.blockedBy() === '') candidates.push({ name: 'natural', engine: natural });
    else {
      const source = await writeVoice(folder, 'nl_NL-cost-medium', costModel(), piperSettings(VOICE_RATE));
      await installVoice({ voices: madeVoices, source, accept: false, worker, log, now: new Date() });
      candidates.push({ name: 'natural, random weights', engine: made, onlyTime: true });
    }
    candidates.push({ name: 'say', engine: sayEngine(worker) });
    const command = env['BURGERNET_SPEECH_COMMAND'];
    if (command !== undefined)
      candidates.push({ name: 'command', engine: commandEngine(command.split(/\s+/), worker) });
    const engines: BenchedEngine[] = [];
    for (const candidate of candidates) if (await candidate.engine.available()) engines.push(candidate);
    return { engines, close };
  } catch (error) {
    await close();
    throw error;
  }
}
