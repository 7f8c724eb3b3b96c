import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PromptName } from '../../domain/messages.js';
import {
  PROMPT_SETS,
  sentencesOf,
  type PromptSet,
  type PromptTexts,
  type PromptWords,
} from '../../domain/prompts/sentences.js';
import {
  missingFrom,
  partsOf,
  readerOf,
  spokenPrompts,
  type PromptScript,
  type SpokenPrompt,
  type Takes,
} from '../../domain/prompts/takes.js';
import type { Log } from '../../ports/log.js';
import type { RecordedPrompts, TakeSound } from '../../ports/recorded-prompts.js';
import { SpeechError } from '../../ports/speech.js';
import { hash, hashOfAudio, soundIdOf } from './content-hash.js';
import { FINISH_VERSION } from './finish.js';
import type { PlayedPrompts } from './played-prompts.js';
import { keep, lengthOf, placeOf } from './sound-files.js';
import type { SoundWorker } from './sound-worker.js';
import { readTakes, writeTakes } from './take-file.js';

interface Options {
  /** Folder for rendered sounds. The takes are in `takes.json` in it. */
  readonly folder: string;
  readonly texts: PromptTexts;
  readonly words: PromptWords;
  readonly played: Pick<PlayedPrompts, 'useRecorded'>;
  readonly worker: SoundWorker;
  readonly log: Log;
}

/** A wav of at most two minutes in any usual format fits. */
const MOST_BYTES = 200 * 1024 * 1024;

/**
 * Opens the takes on disk, and plays the prompts of every complete set from them. A take whose sound is gone
 * leaves its set in the voice of the engine, which is logged.
 */
export async function openRecordedPrompts(options: Options): Promise<RecordedPrompts> {
  const { folder, log, played, texts, words, worker } = options;
  const script: PromptScript = { texts, words, sentences: sentencesOf(texts, words) };
  const file = join(folder, 'takes.json');
  let takes = await readTakes(file, log);
  const secondsOf = (soundId: string): number | undefined => {
    const ms = lengthOf(placeOf(folder, soundId));
    return ms === undefined ? undefined : ms / 1000;
  };

  const placeOfSpoken = async (spoken: SpokenPrompt): Promise<string> => {
    const parts = partsOf(spoken);
    const [only] = parts;
    if (parts.length === 1 && typeof only === 'string') return placeOf(folder, only);
    const place = placeOf(folder, soundIdOf(hash(JSON.stringify(['joined', FINISH_VERSION, parts]))));
    if (lengthOf(place) !== undefined) return place;
    const sounds = await Promise.all(
      parts.map(async (part) => (typeof part === 'number' ? part : readFile(`${placeOf(folder, part)}.sln16`))),
    );
    await keep(place, await worker.run({ kind: 'join', parts: sounds }));
    return place;
  };
  const placesOf = async (wanted: Takes): Promise<ReadonlyMap<PromptName, string>> => {
    const found = new Map<PromptName, string>();
    for (const spoken of spokenPrompts(withSounds(wanted, secondsOf), script))
      found.set(spoken.name, await placeOfSpoken(spoken));
    return found;
  };

  const gone = missingSounds(takes, secondsOf);
  if (gone.length > 0) log.warn('recorded sentences are gone; record them again', { sentences: gone });
  for (const { missing, set } of incompleteSets(withSounds(takes, secondsOf), script))
    log.warn('recorded prompts are spoken by the engine again, until these sentences are recorded', { set, missing });
  await played.useRecorded(await placesOf(takes));
  return {
    script,
    get takes() {
      return takes;
    },
    secondsOf,
    importTake: async (wav): Promise<TakeSound> => {
      if (wav.byteLength > MOST_BYTES)
        throw new SpeechError('too_long', 'The file is too large. A wav of at most 120 seconds is allowed.');
      const { measured, ...finished } = await worker.take(wav);
      const soundId = soundIdOf(hashOfAudio(finished));
      const place = placeOf(folder, soundId);
      if (lengthOf(place) === undefined) await keep(place, finished);
      return { soundId, seconds: finished.seconds, measured };
    },
    replace: async (wanted) => {
      const prepared = await placesOf(wanted);
      await writeTakes(file, wanted);
      takes = wanted;
      await played.useRecorded(prepared);
    },
  };
}

/** Sets that are no longer complete, because the words of a sentence changed or its sound is gone. */
function incompleteSets(
  takes: Takes,
  script: PromptScript,
): readonly { readonly set: PromptSet; readonly missing: readonly string[] }[] {
  return PROMPT_SETS.flatMap((set) => {
    const reader = takes.chosen[set];
    if (reader === undefined || readerOf(set, takes, script) !== undefined) return [];
    return [{ set, missing: missingFrom(set, takes.readers[reader] ?? {}, script).map(({ name }) => name) }];
  });
}

const missingSounds = ({ readers }: Takes, secondsOf: (soundId: string) => number | undefined): readonly string[] =>
  Object.values(readers).flatMap((own) =>
    Object.entries(own).flatMap(([name, { soundId }]) => (secondsOf(soundId) === undefined ? [name] : [])),
  );

/** The takes whose sound is on disk. */
function withSounds({ chosen, readers }: Takes, secondsOf: (soundId: string) => number | undefined): Takes {
  const present = Object.entries(readers).map(([reader, own]) => [
    reader,
    Object.fromEntries(Object.entries(own).filter(([, { soundId }]) => secondsOf(soundId) !== undefined)),
  ]);
  return { chosen, readers: Object.fromEntries(present) as Takes['readers'] };
}
