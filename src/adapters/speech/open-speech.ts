import type { Log } from '../../ports/log.js';
import type { SoundFiles, Speech } from '../../ports/speech.js';
import { chooseEngine } from './choose-engine.js';
import type { EngineChoice } from './engine.js';
import { COMMITTED_SETTINGS, readManifest } from './manifest.js';
import { preparePrompts } from './prompts.js';
import { createShelf } from './shelf.js';
import { createSoundWorker } from './sound-worker.js';
import { createSpeech } from './speech.js';

export interface SpeechOptions {
  /** Data folder for rendered sounds; made when it is not there. */
  readonly folder: string;
  /** The committed prompts of one language, with their `manifest.json`: `sounds/nl`. */
  readonly soundsFolder: string;
  readonly engine: EngineChoice;
  /** Program and arguments for engine `command`: text on standard input, wav on standard output or in `{file}`. */
  readonly command?: readonly string[];
  /** The tip line's number as it is spoken, in any notation: `0800-0011`, `08000011`. */
  readonly tipLine: string;
  /** Name of the service in the prompts; default `Burgernet`. */
  readonly service?: string;
  readonly log: Log;
}

export interface OpenedSpeech {
  readonly speech: Speech;
  readonly shelf: SoundFiles;
  /** Ends the sound thread. What is being rendered fails. May be called twice. */
  close(): Promise<void>;
}

/**
 * Chooses the engine, renders the prompts whose text the settings change, and opens the shelf. Throws when prompts are
 * missing, or `SpeechError` when they cannot be spoken. Must be closed; left open it does not keep the process alive.
 */
export async function openSpeech(options: SpeechOptions): Promise<OpenedSpeech> {
  const { folder, soundsFolder, log, tipLine, service = COMMITTED_SETTINGS.service } = options;
  const worker = createSoundWorker();
  try {
    const manifest = await readManifest(soundsFolder);
    const engine = await chooseEngine(options.engine, options.command, worker, log);
    const speech = createSpeech({ folder, engine, worker, log });
    const prompts = await preparePrompts({
      folder,
      soundsFolder,
      manifest,
      settings: { tipLine, service },
      speech,
      log,
    });
    return { speech, shelf: createShelf(folder, prompts), close: () => worker.close() };
  } catch (error) {
    await worker.close();
    throw error;
  }
}
