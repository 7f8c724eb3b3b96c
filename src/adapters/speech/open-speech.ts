import type { Log } from '../../ports/log.js';
import type { RecordedPrompts } from '../../ports/recorded-prompts.js';
import type { SoundFiles, Speech } from '../../ports/speech.js';
import { chooseEngine, type ChosenEngine } from './choose-engine.js';
import type { EngineChoice } from './engine.js';
import { openLexicon } from './lexicon-files.js';
import { COMMITTED_SETTINGS, readManifest } from './manifest.js';
import { PlayedPrompts } from './played-prompts.js';
import { preparePrompts } from './prompts.js';
import { createSoundFiles } from './create-sound-files.js';
import { createSoundWorker } from './sound-worker.js';
import { openRecordedPrompts } from './recorded-prompts.js';
import { createSpeech } from './speech.js';

export interface SpeechOptions {
  /** Folder for rendered sounds; created when it is missing. */
  readonly folder: string;
  /** The committed prompts of one language with their `manifest.json`, such as `sounds/nl`. */
  readonly soundsFolder: string;
  /** Folder for the prompts that Asterisk's configuration plays by name. Kept up to date with the voice. */
  readonly namedFolder?: string;
  /** Folder of the natural voices that the operator installed; need not exist. */
  readonly voices: string;
  readonly engine: EngineChoice;
  /** Program and arguments of the engine `command`; see `command.ts`. */
  readonly command?: readonly string[];
  /** Number of the tip line, as spoken in prompts, in any notation: `0800-0011`, `08000011`. */
  readonly tipLine: string;
  /** Name of the service in the prompts; default `Burgernet`. */
  readonly service?: string;
  /**
   * The administrator's own words for the embedded voice: a file like `sounds/nl/lexicon.csv`. It may be
   * missing.
   */
  readonly ownLexicon?: string;
  readonly log: Log;
}

export interface OpenedSpeech {
  readonly speech: Speech;
  readonly soundFiles: SoundFiles;
  readonly recordedPrompts: RecordedPrompts;
  /** Ends the worker thread and the voice process. Sounds that are being rendered fail. Safe to repeat. */
  close(): Promise<void>;
}

/**
 * Chooses the engine, and renders the prompts that the settings or the voice change. The caller must close
 * it, but it does not keep the process alive. Throws an Error when prompts are missing, and `SpeechError`
 * when a prompt cannot be spoken.
 */
export async function openSpeech(options: SpeechOptions): Promise<OpenedSpeech> {
  const { folder, soundsFolder, log, tipLine, service = COMMITTED_SETTINGS.service } = options;
  const worker = createSoundWorker();
  let chosen: ChosenEngine | undefined;
  const close = async (): Promise<void> => {
    await Promise.all([chosen?.close(), worker.close()]);
  };
  try {
    const manifest = await readManifest(soundsFolder);
    const { lexicon, own, problems } = await openLexicon(soundsFolder, options.ownLexicon);
    for (const { message, ...place } of problems)
      log.warn('line of the lexicon left out', { ...place, reason: message });
    const { engine: choice, command, voices } = options;
    chosen = await chooseEngine({ choice, command, voices, worker, lexicon, log });
    const speech = createSpeech({ folder, ...chosen, worker, log });
    const prompts = await preparePrompts({
      folder,
      soundsFolder,
      manifest,
      settings: { tipLine, service },
      speech,
      ownWords: own,
      log,
    });
    const played = new PlayedPrompts({
      engine: { placeOf: (name) => prompts.get(name) },
      namedFolder: options.namedFolder,
      log,
    });
    const words = { tipLine, service };
    const recordedPrompts = await openRecordedPrompts({ folder, texts: manifest.prompts, words, played, worker, log });
    return { speech, recordedPrompts, soundFiles: createSoundFiles(folder, ({ name }) => played.placeOf(name)), close };
  } catch (error) {
    await close();
    throw error;
  }
}
