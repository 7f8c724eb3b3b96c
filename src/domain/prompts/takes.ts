import type { PromptName } from '../messages.js';
import {
  neededFor,
  piecesOf,
  PROMPT_SETS,
  promptsOf,
  type Piece,
  type PromptSet,
  type PromptTexts,
  type PromptWords,
  type Sentence,
} from './sentences.js';

/** One recording of one sentence, by one reader. */
export interface Take {
  /** The text of the sentence when it was recorded. A take of another text is not played. */
  readonly text: string;
  readonly soundId: string;
  readonly seconds: number;
  /** When it was kept, ms UTC. */
  readonly at: number;
}

/** The takes of one reader, by the name of the sentence. */
export type ReaderTakes = Readonly<Record<string, Take>>;

/** All takes. Each reader has takes of their own, so that two voices never mix within a set. */
export interface Takes {
  readonly readers: Readonly<Record<string, ReaderTakes>>;
  /** The reader who completed each set last. */
  readonly chosen: Readonly<Partial<Record<PromptSet, string>>>;
}

export const NO_TAKES: Takes = { readers: {}, chosen: {} };

/** The texts of the prompts, with the words of the settings. */
export interface PromptScript {
  readonly texts: PromptTexts;
  readonly words: PromptWords;
  readonly sentences: readonly Sentence[];
}

/** The sentences of a set without a take of their present text, in the order of the list. */
export function missingFrom(set: PromptSet, takes: ReaderTakes, script: PromptScript): readonly Sentence[] {
  const needed = neededFor(set, script.texts, script.words);
  return script.sentences.filter(({ name, text }) => needed.has(name) && takes[name]?.text !== text);
}

/** The reader whose voice a set is played in; undefined for the voice of the engine. */
export function readerOf(set: PromptSet, { chosen, readers }: Takes, script: PromptScript): string | undefined {
  const reader = chosen[set];
  if (reader === undefined) return undefined;
  return missingFrom(set, readers[reader] ?? {}, script).length === 0 ? reader : undefined;
}

/**
 * The takes after a reader has made more of them. The reader is chosen for every set that is complete and in
 * which one of these sentences is played.
 */
export function withTakes(before: Takes, reader: string, made: ReaderTakes, script: PromptScript): Takes {
  const own = { ...before.readers[reader], ...made };
  const completed = PROMPT_SETS.filter((set) => {
    const needed = neededFor(set, script.texts, script.words);
    return Object.keys(made).some((name) => needed.has(name)) && missingFrom(set, own, script).length === 0;
  });
  return {
    readers: { ...before.readers, [reader]: own },
    chosen: { ...before.chosen, ...Object.fromEntries(completed.map((set) => [set, reader])) },
  };
}

/** The takes without those of one reader, or of everybody. */
export function withoutTakes({ chosen, readers }: Takes, reader?: string): Takes {
  if (reader === undefined) return NO_TAKES;
  const others = Object.entries(chosen).filter(([, name]) => name !== reader);
  return {
    readers: Object.fromEntries(Object.entries(readers).filter(([name]) => name !== reader)),
    chosen: Object.fromEntries(others),
  };
}

/** A prompt in a person's voice. */
export interface SpokenPrompt {
  readonly name: PromptName;
  readonly reader: string;
  readonly takes: ReaderTakes;
  readonly pieces: readonly Piece[];
}

/** The prompts that are played in a person's voice: those of every set with a reader. */
export function spokenPrompts(takes: Takes, script: PromptScript): readonly SpokenPrompt[] {
  return PROMPT_SETS.flatMap((set) => {
    const reader = readerOf(set, takes, script);
    if (reader === undefined) return [];
    const own = takes.readers[reader] ?? {};
    return promptsOf(set, script.texts).map((name) => ({
      name,
      reader,
      takes: own,
      pieces: piecesOf(name, script.texts[name].text, script.words),
    }));
  });
}

/** Pauses between the pieces of a prompt, in ms. They add to the short silence at the end of each sound. */
const PAUSES = { aroundNumber: 150, afterSentence: 500, betweenDigits: 200, betweenGroups: 350 } as const;

/** Sounds (their ids) and pauses (ms) of a prompt, in order. Throws an Error when a take is missing. */
export function partsOf({ name, pieces, takes }: SpokenPrompt): readonly (string | number)[] {
  const soundOf = (sentence: string): string => {
    const take = takes[sentence];
    if (!take) throw new Error(`the prompt ${name} needs a recording of ${sentence}`);
    return take.soundId;
  };
  return pieces.flatMap((piece, index): (string | number)[] => {
    if (piece.type === 'sentence') return [soundOf(piece.name)];
    const before = index === 0 ? [] : [PAUSES.aroundNumber];
    const after = index === pieces.length - 1 ? [] : [piece.endsSentence ? PAUSES.afterSentence : PAUSES.aroundNumber];
    return [...before, ...digitsOf(piece.shown, soundOf), ...after];
  });
}

/** The digits of a number, with a longer pause between its groups. */
function digitsOf(shown: string, soundOf: (sentence: string) => string): (string | number)[] {
  const groups = shown.split(/\D+/).filter((group) => group !== '');
  return groups.flatMap((group, index) => [
    ...(index === 0 ? [] : [PAUSES.betweenGroups]),
    ...[...group].flatMap((digit, at) => [...(at === 0 ? [] : [PAUSES.betweenDigits]), soundOf(`digit-${digit}`)]),
  ]);
}

/** The name of a reader has this many characters at most. */
export const LONGEST_READER = 60;

/** A name with composed accents and single spaces, so that a reader has one spelling. */
export const readerSpelling = (name: string): string => name.normalize('NFC').replace(/\s+/g, ' ').trim();

/** The reader for a centralist. A name of a centralist may be longer, and may contain format characters. */
export const readerOfCentralist = (name: string): string =>
  readerSpelling(
    readerSpelling(name.replace(/\p{Cf}/gu, ''))
      .slice(0, LONGEST_READER)
      .replace(/\p{Cs}$/u, ''),
  );

/** The reader of recordings that come without a name. */
export const UNNAMED_READER = 'Opname';
