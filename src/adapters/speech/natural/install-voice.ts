import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Log } from '../../../ports/log.js';
import type { SoundWorker } from '../sound-worker.js';
import { bringFile, isUrl } from './bring-file.js';
import { licenceInCard, licenceOf, type Licence } from './licences.js';
import { hasRuntime, NO_RUNTIME, speakParts, startVoice } from './natural.js';
import { metadataBytes, problemOfModel } from './onnx-file.js';
import { parsePiperSettings } from './piper-settings.js';
import { modelProperties, tokensFile, written } from './piper-tokens.js';
import { folderOfVoice, nameInUse, putInUse, VOICE_NAME, type Voice } from './voice-files.js';
import { VoiceRefused } from './voice-refused.js';

/** Twice the largest voice that was published for Piper. */
const MOST_MODEL_BYTES = 250 * 2 ** 20;
const MOST_TEXT_BYTES = 2 ** 20;
const TRIAL = 'Dit is Burgernet, met een dringend bericht van de politie.';
const TRIAL_SECONDS = { least: 1, most: 20 };
const DRAFT = '.new-';
/** A draft this old, ms, was left behind by an installation that was killed. */
const ABANDONED_MS = 24 * 3_600_000;

export interface InstallOptions {
  /** The voices folder. */
  readonly voices: string;
  /** Path or URL of the `.onnx` file. The `.onnx.json` file is expected beside it. */
  readonly source: string;
  /** SHA-256 that the model must have, 64 hex digits. */
  readonly sha256?: string;
  /** The operator accepts a licence that limits the use, or that is not known. */
  readonly accept: boolean;
  readonly worker: SoundWorker;
  readonly log: Log;
  readonly now: Date;
  readonly signal?: AbortSignal;
  /** Largest model, bytes; default 250 MB. */
  readonly mostBytes?: number;
  /** Longest wait for the next bytes of a download, ms; default 30 s. */
  readonly silenceMs?: number;
}

export interface Installed {
  readonly voice: Voice;
  readonly licence: Licence;
  /** Length of the trial sentence, and the time that it took to make, s. */
  readonly trial: { readonly seconds: number; readonly took: number };
  /** The voice was put in use, because there was no other one. */
  readonly inUse: boolean;
}

/**
 * Installs a Piper voice: takes its files, checks them, makes the model ready, lets it speak a sentence in a
 * process of its own, and only then puts it in place. A failure leaves nothing behind. Throws
 * {@link VoiceRefused}.
 */
export async function installVoice(options: InstallOptions): Promise<Installed> {
  const { voices, source } = options;
  if (!hasRuntime()) throw new VoiceRefused(NO_RUNTIME);
  const name = nameOf(source);
  await mkdir(voices, { recursive: true, mode: 0o750 });
  await removeAbandoned(voices, options.now.getTime());
  const draft = await mkdtemp(join(voices, DRAFT));
  try {
    const { voice, licence } = await prepare(name, draft, options);
    const trial = await speakTrial(voices, voice, basename(draft), options);
    options.signal?.throwIfAborted();
    await putInPlace(voices, name, draft);
    const first = nameInUse(voices) === undefined;
    if (first) await putInUse(voices, name);
    return { voice, licence, trial, inUse: first };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** `nl_NL-alex-medium` for `…/nl_NL-alex-medium.onnx?download=true`. */
function nameOf(source: string): string {
  const file = basename(isUrl(source) ? decodeURIComponent(new URL(source).pathname) : source);
  if (!file.endsWith('.onnx'))
    throw new VoiceRefused(
      'give the path or address of the .onnx file of a Piper voice, with its .onnx.json beside it',
    );
  const name = file.slice(0, -'.onnx'.length);
  if (VOICE_NAME.test(name)) return name;
  throw new VoiceRefused(`"${name}" cannot be the name of a voice: letters, digits, "-", "_" and "." are allowed`);
}

/** The file beside the model with this ending, or with this name. */
function beside(source: string, change: (path: string) => string): string {
  if (!isUrl(source)) return change(source);
  const url = new URL(source);
  url.pathname = change(url.pathname);
  return url.href;
}

async function prepare(
  name: string,
  draft: string,
  options: InstallOptions,
): Promise<{ voice: Voice; licence: Licence }> {
  const { source, sha256, accept, now } = options;
  if (!isUrl(source) && !existsSync(source)) throw new VoiceRefused(`there is no file ${source}`);
  const settings = parsePiperSettings(await textBeside((path) => `${path}.json`, draft, options));
  // Not every voice has a card, so a missing card is not an error.
  const card = await textBeside((path) => path.replace(/[^/\\]*$/, 'MODEL_CARD'), draft, options).catch(() => '');
  const licence = licenceOf(name, [settings.licence, licenceInCard(card)].filter((text) => text !== '').join('; '));
  demandLicence(licence, accept);
  const model = join(draft, 'model.onnx');
  await bringFile(source, model, { ...options, most: options.mostBytes ?? MOST_MODEL_BYTES });
  const delivered = await sha256Of(model);
  if (sha256 !== undefined && sha256.toLowerCase() !== delivered)
    throw new VoiceRefused(`it is not the expected file: its sha256 is ${delivered}`);
  const problem = await problemOfModel(model);
  if (problem !== undefined) throw new VoiceRefused(problem);
  await appendFile(model, metadataBytes(modelProperties(settings)));
  await writeFile(join(draft, 'tokens.txt'), tokensFile(settings));
  const voice: Voice = {
    name,
    sha256: delivered,
    readySha256: await sha256Of(model),
    settings,
    licence: licence.text,
    source,
    installedAt: now.toISOString(),
  };
  await writeFile(join(draft, 'voice.json'), `${JSON.stringify(voice, null, 2)}\n`, { flush: true });
  return { voice, licence };
}

async function textBeside(change: (path: string) => string, draft: string, options: InstallOptions): Promise<string> {
  const file = join(draft, 'text');
  try {
    await bringFile(beside(options.source, change), file, { ...options, most: MOST_TEXT_BYTES });
    return await readFile(file, 'utf8');
  } finally {
    await rm(file, { force: true });
  }
}

function demandLicence({ use, text }: Licence, accept: boolean): void {
  if (use === 'free' || accept) return;
  const advice = 'add --accept when you may use it all the same';
  throw new VoiceRefused(
    use === 'unknown'
      ? `its licence is not known (${text}); read it, and ${advice}`
      : `its licence limits the use (${text}); ${advice}`,
  );
}

/** Speaks a sentence with the draft of a voice. A model that ends its process is refused here. */
async function speakTrial(
  voices: string,
  voice: Voice,
  draft: string,
  { worker, log }: InstallOptions,
): Promise<Installed['trial']> {
  const parts = await worker.phonemes(TRIAL);
  const unknown = parts.flatMap(({ ipa }) => written(ipa, voice.settings).unknown);
  if (unknown.length > 0)
    throw new VoiceRefused(`it has no phonemes for ${[...new Set(unknown)].join(' ')}, which Dutch needs`);
  const process = startVoice(voices, { ...voice, name: draft }, log);
  try {
    // The first sentence includes the load of the model, so the second one is measured.
    await speakParts(parts, voice, process);
    const from = performance.now();
    const { rate, samples } = await speakParts(parts, voice, process);
    const took = (performance.now() - from) / 1000;
    const seconds = samples.length / rate;
    if (seconds < TRIAL_SECONDS.least || seconds > TRIAL_SECONDS.most)
      throw new VoiceRefused(`its trial sentence takes ${seconds.toFixed(1)} s, which no Dutch speaker needs`);
    // Also refuses silence.
    await worker.run({ kind: 'samples', rate, samples });
    return { seconds, took };
  } catch (error) {
    if (error instanceof VoiceRefused) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new VoiceRefused(`it does not speak: ${reason}`, { cause: error });
  } finally {
    await process.close();
  }
}

/** Replaces an earlier voice with this name, which comes back when the new one cannot take its place. */
async function putInPlace(voices: string, name: string, draft: string): Promise<void> {
  const old = `${draft}.old`;
  const place = folderOfVoice(voices, name);
  const replaces = await rename(place, old).then(
    () => true,
    () => false,
  );
  try {
    await rename(draft, place);
  } catch (error) {
    if (replaces) await rename(old, place);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

async function removeAbandoned(voices: string, now: number): Promise<void> {
  for (const entry of await readdir(voices)) {
    if (!entry.startsWith(DRAFT)) continue;
    const { mtimeMs } = await stat(join(voices, entry));
    if (mtimeMs < now - ABANDONED_MS) await rm(join(voices, entry), { recursive: true, force: true });
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
