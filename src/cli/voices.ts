import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createPinoLog } from '../adapters/log/pino-log.js';
import { embeddedEngine } from '../adapters/speech/embedded.js';
import { openLexicon } from '../adapters/speech/lexicon-files.js';
import { installVoice } from '../adapters/speech/natural/install-voice.js';
import { naturalEngine } from '../adapters/speech/natural/natural.js';
import { listVoices, nameInUse, putInUse, readVoice, removeVoice } from '../adapters/speech/natural/voice-files.js';
import { VoiceRefused } from '../adapters/speech/natural/voice-refused.js';
import { createSoundWorker, type SoundWorker } from '../adapters/speech/sound-worker.js';
import { wavOfWide } from '../adapters/speech/sound-files.js';
import { ensureDataFolder, ownLexiconFile } from '../config.js';
import { spokenMessage } from '../domain/spoken/spoken.js';
import { SpeechError } from '../ports/speech.js';
import { CliError } from './cli-error.js';
import type { CliContext } from './context.js';

/** `burgernet voices`: the natural voices in the data folder. */

/** The time, s, in which a message of 20 s must be ready. */
const FAST = 2;
const MESSAGE_SECONDS = 20;

const SOUNDS = fileURLToPath(new URL('../../sounds/nl', import.meta.url));
const log = createPinoLog({ level: 'silent' });
const folderOf = (context: CliContext): string => ensureDataFolder(context.config()).voices;

export async function install(
  context: CliContext,
  source: string,
  { sha256, accept }: { readonly sha256?: string; readonly accept: boolean },
): Promise<void> {
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256))
    throw new CliError(['--sha256 must have 64 hex digits, as sha256sum prints them']);
  const voices = folderOf(context);
  const { signal, release } = untilInterrupted();
  try {
    const { voice, licence, trial, inUse } = await withWorker((worker) =>
      installVoice({
        voices,
        source,
        accept,
        worker,
        log,
        now: new Date(),
        signal,
        ...(sha256 === undefined ? {} : { sha256 }),
      }),
    );
    context.print(`installed ${voice.name}`);
    context.print(`licence: ${licence.text}`);
    context.print(`sha256: ${voice.sha256}`);
    const needed = (MESSAGE_SECONDS * trial.took) / trial.seconds;
    context.print(`a message of ${MESSAGE_SECONDS} s takes ${needed.toFixed(1)} s to make on this machine`);
    if (needed > FAST)
      context.print(`that is slow: a voice of quality "medium" needs less than ${FAST} s on two cores`);
    if (voice.settings.speakers > 1) context.print(`it has ${voice.settings.speakers} speakers; the first one speaks`);
    context.print(inUse ? howToUse(context) : `to use it: burgernet voices use ${voice.name}`);
  } catch (error) {
    if (signal.aborted) throw new CliError(['stopped; nothing was installed']);
    throw asCliError(error, 'not installed');
  } finally {
    release();
  }
}

export async function list(context: CliContext): Promise<void> {
  const voices = folderOf(context);
  const installed = await listVoices(voices);
  const inUse = nameInUse(voices);
  if (installed.length === 0) context.print('no natural voice is installed; see: burgernet voices install --help');
  for (const { name, licence, settings, sha256, installedAt } of installed) {
    context.print(`${name === inUse ? '*' : ' '} ${name}  ${settings.rate} Hz  installed ${installedAt.slice(0, 10)}`);
    context.print(`    licence: ${licence}`);
    context.print(`    sha256: ${sha256}`);
  }
  if (inUse !== undefined && !installed.some(({ name }) => name === inUse))
    context.print(`the voice in use, ${inUse}, is missing; choose another one: burgernet voices use NAME`);
}

export async function tryVoice(
  context: CliContext,
  text: string,
  { out, voice }: { readonly out?: string; readonly voice?: string },
): Promise<void> {
  const voices = folderOf(context);
  const said = spokenMessage(text);
  if (said === '') throw new CliError(['there is nothing to say in this text']);
  try {
    const name = voice ?? nameInUse(voices);
    if (name === undefined)
      throw new VoiceRefused('no natural voice is installed; see: burgernet voices install --help');
    readVoice(voices, name);
    await withWorker(async (worker) => {
      const { lexicon } = await openLexicon(SOUNDS, ownLexiconFile(context.config()));
      const engine = naturalEngine({ voices, embedded: embeddedEngine(worker, lexicon), worker, log, name });
      try {
        const phonemes = await worker.phonemes(engine.reads(said).text);
        const from = performance.now();
        const { sln16, seconds } = await engine.speak(said);
        const took = (performance.now() - from) / 1000;
        context.print(`said: ${said}`);
        context.print(`phonemes: ${phonemes.map(({ ipa }) => ipa).join(' | ')}`);
        context.print(`${seconds.toFixed(1)} s of speech by ${name}, made in ${took.toFixed(1)} s with the start`);
        if (out === undefined) return;
        await writeFile(out, wavOfWide(sln16));
        context.print(`written to ${out}`);
      } finally {
        await engine.close();
      }
    });
  } catch (error) {
    throw asCliError(error, 'the voice does not speak');
  }
}

export async function use(context: CliContext, name: string): Promise<void> {
  try {
    await putInUse(folderOf(context), name);
  } catch (error) {
    throw asCliError(error, 'not changed');
  }
  context.print(`in use: ${name}`);
  context.print(howToUse(context));
}

export async function remove(context: CliContext, name: string): Promise<void> {
  try {
    await removeVoice(folderOf(context), name);
  } catch (error) {
    throw asCliError(error, 'not removed');
  }
  context.print(`removed ${name}`);
}

/** With these settings another engine may speak. */
function howToUse(context: CliContext): string {
  const { engine } = context.config().speech;
  if (engine === 'natural') return 'the next message is spoken by it; the prompts follow in the background';
  const setting = engine === 'auto' ? '' : 'set BURGERNET_SPEECH=natural and ';
  return `${setting}restart the service to use it; calls go on meanwhile`;
}

async function withWorker<T>(work: (worker: SoundWorker) => Promise<T>): Promise<T> {
  const worker = createSoundWorker();
  try {
    return await work(worker);
  } finally {
    await worker.close();
  }
}

/** Ctrl-C stops a download, so that nothing is left behind. */
function untilInterrupted(): { readonly signal: AbortSignal; readonly release: () => void } {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: stop.signal,
    release: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}

/** A fault that a person can act upon, without a stack. */
function asCliError(error: unknown, what: string): unknown {
  if (error instanceof VoiceRefused || error instanceof SpeechError) return new CliError([`${what}: ${error.message}`]);
  const isOfSystem = error instanceof Error && 'code' in error && typeof error.code === 'string';
  return isOfSystem ? new CliError([`${what}: ${error.message}`]) : error;
}
