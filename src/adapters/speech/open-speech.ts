import { join } from 'node:path';
import type { PromptLanguage } from '../../domain/messages.js';
import { lexiconOf, type Lexicon } from '../../domain/spoken/lexicon.js';
import { spokenIn } from '../../domain/spoken/spoken-in.js';
import type { Log } from '../../ports/log.js';
import type { RecordedPrompts } from '../../ports/recorded-prompts.js';
import type { SoundFiles, Speech } from '../../ports/speech.js';
import { alone, chooseEngine, inUse } from './choose-engine.js';
import { createSoundFiles } from './create-sound-files.js';
import { embeddedEngine } from './embedded.js';
import type { ChosenEngine, EngineChoice, EngineInUse } from './engine.js';
import { openLexicon } from './lexicon-files.js';
import { COMMITTED_SETTINGS } from './manifest.js';
import { PlayedPrompts } from './played-prompts.js';
import { PromptRenderer } from './prompt-renderer.js';
import { readPrompts, type Prompts, type PromptsOptions } from './prompts.js';
import { openRecordedPrompts } from './recorded-prompts.js';
import { createSoundWorker, type SoundWorker } from './sound-worker.js';
import { createSoundMaker, type SoundMaker } from './speech.js';

export interface SpeechOptions {
  /** Folder for rendered sounds; created when it is missing. */
  readonly folder: string;
  /** The committed prompts: a folder for each language, with its `manifest.json`. */
  readonly soundsFolder: string;
  /**
   * Folder for the Dutch prompts that Asterisk's configuration plays by name. Kept up to date with the voice.
   */
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
  /** How long after a failure of the engine the prompts are tried again; default 5 minutes. */
  readonly retryMs?: number;
}

export interface OpenedSpeech {
  readonly speech: Speech;
  readonly soundFiles: SoundFiles;
  readonly recordedPrompts: RecordedPrompts;
  /** Resolves when the engine has been chosen. */
  readonly chosen: Promise<unknown>;
  /**
   * Renders the prompts with the engine in use, in the background, now and whenever the engine gets another
   * voice. The service calls it once it is ready, so that this work comes after the calls of an earlier
   * process.
   */
  renderPrompts(): void;
  /**
   * Ends the worker thread and the engine's programs. Sounds that are being rendered fail. Safe to repeat.
   */
  close(): Promise<void>;
}

/**
 * Chooses the engine and loads the prompts of every language. Does not wait for a slow engine. The caller
 * must close it, but it does not keep the process alive. Throws an Error when prompts are missing, and
 * `SpeechError` when a prompt cannot be spoken.
 */
export async function openSpeech(options: SpeechOptions): Promise<OpenedSpeech> {
  const { log } = options;
  const worker = createSoundWorker();
  const stop = new AbortController();
  let choosing: Promise<ChosenEngine> | undefined;
  const closeEngine = async (): Promise<void> => {
    stop.abort();
    await Promise.all([worker.close(), choosing?.then((chosen) => chosen.close()).catch(() => undefined)]);
  };
  try {
    const { lexicon, own, problems } = await openLexicon(join(options.soundsFolder, 'nl'), options.ownLexicon);
    for (const { message, ...place } of problems)
      log.warn('line of the lexicon left out', { ...place, reason: message });
    choosing = chooseEngine({
      ...options,
      choice: options.engine,
      command: options.command,
      worker,
      lexicon,
      signal: stop.signal,
    });
    const engine = inUse(choosing);
    // A choice for which no program is tried is made at once.
    await Promise.race([choosing, new Promise((resolve) => setImmediate(resolve))]);
    const { sounds, prompts, unspoken } = await load(options, { worker, engine, lexicon, own });
    const { folder, namedFolder } = options;
    const played = new PlayedPrompts({ engine: prompts.nl, namedFolder, log });
    prompts.nl.onUse((name) => played.refresh(name));
    const { texts, words } = prompts.nl;
    const recordedPrompts = await openRecordedPrompts({ folder, texts, words, played, worker, log });
    const renderer = new PromptRenderer({ ...options, prompts: prompts.nl, inUse: engine, sounds });
    let inEnglish: Promise<void> | undefined;
    return {
      speech: speechOf(sounds, renderer),
      soundFiles: createSoundFiles(folder, ({ name, language = 'nl' }) =>
        (language === 'nl' ? played : prompts[language]).placeOf(name),
      ),
      recordedPrompts,
      chosen: choosing,
      renderPrompts: () => {
        renderer.start();
        inEnglish ??= prompts.en.speak(unspoken).catch((error: unknown) => {
          if (!stop.signal.aborted) log.error('English prompts could not be rendered', { error });
        });
      },
      close: async () => {
        const rendered = renderer.close();
        await closeEngine();
        await Promise.all([rendered, inEnglish]);
      },
    };
  } catch (error) {
    await closeEngine();
    throw error;
  }
}

interface Loaded {
  readonly sounds: SoundMaker;
  readonly prompts: Readonly<Record<PromptLanguage, Prompts>>;
  /** English prompts whose words the settings change. */
  readonly unspoken: Awaited<ReturnType<Prompts['load']>>;
}

/**
 * Loads the prompts of both languages. The engine of the setting speaks Dutch, so the embedded voice speaks
 * English. It also speaks, at once, the Dutch prompts whose words the settings change, so that the start does
 * not wait for a slow engine. English can wait, because Asterisk by itself plays only Dutch.
 */
async function load(
  options: SpeechOptions,
  parts: { worker: SoundWorker; engine: EngineInUse; lexicon: Lexicon; own: Lexicon },
): Promise<Loaded> {
  const { folder, log, service = COMMITTED_SETTINGS.service, soundsFolder, tipLine } = options;
  const { engine, lexicon, own, worker } = parts;
  const maker = (used: EngineInUse, language: PromptLanguage): SoundMaker =>
    createSoundMaker({ folder, engine: used, worker, log, spoken: spokenIn[language] });
  const promptsIn = (
    language: PromptLanguage,
    words: Lexicon,
    more: Pick<PromptsOptions, 'chosen' | 'ownWords'>,
  ): Promise<Prompts> =>
    readPrompts({
      ...{ folder, soundsFolder, language, settings: { tipLine, service }, spoken: spokenIn[language], ...more },
      embedded: maker(inUse(alone(embeddedEngine(worker, words, language))), language),
    });
  const sounds = maker(engine, 'nl');
  const nl = await promptsIn('nl', lexicon, { chosen: sounds, ownWords: own });
  const en = await promptsIn('en', lexiconOf([]), { ownWords: lexiconOf([]) });
  await nl.speak(await nl.load());
  return { sounds, prompts: { nl, en }, unspoken: await en.load() };
}

function speechOf(sounds: SoundMaker, renderer: PromptRenderer): Speech {
  return {
    get engine() {
      return sounds.engine;
    },
    render: (text, as) => {
      renderer.followVoice();
      return sounds.render(text, as);
    },
    read: (text) => sounds.read(text),
    importWav: (wav) => sounds.importWav(wav),
    healthy: () => sounds.healthy(),
    degradedBy: () => sounds.degradedBy(),
    get prompts() {
      renderer.followVoice();
      return renderer.progress;
    },
  };
}
