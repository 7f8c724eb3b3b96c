import { spoken } from '../spoken/spoken.js';

/** Measurements of a recording of a sentence, from before it was brought to telephone level. */
export interface Measured {
  /** Length without the silence at both ends. */
  readonly seconds: number;
  /** Loudness of the speech in the telephone band, without the pauses, dB relative to full scale. */
  readonly level: number;
  /** Share of the samples at full scale, 0 to 1. */
  readonly clipped: number;
  /**
   * How far the speech is above the background noise, dB. Undefined when the recording has too little silence
   * at its ends to tell.
   */
  readonly aboveNoise: number | undefined;
}

/** Why a recording of a sentence cannot be used. */
export const TAKE_PROBLEMS = ['too_short', 'too_long', 'too_soft', 'clipped', 'noisy'] as const;
export type TakeProblem = (typeof TAKE_PROBLEMS)[number];

/** Letters a second of a person who reads aloud, slowly enough to be understood by telephone. */
const LETTERS_A_SECOND = 14;
/** Seconds of the pause between two sentences. */
const SENTENCE_PAUSE = 0.4;
/** The shortest and the longest time that a recording may take, as multiples of the expected time. */
const FASTEST = 0.45;
const SLOWEST = 2.5;
/** Seconds that are always allowed on top, because a single word may be said slowly. */
const SLACK = 1;

/** Below this level, the gain that makes the voice loud enough makes the noise loud as well. */
const SOFTEST = -45;
const MOST_CLIPPED = 0.003;
const LEAST_ABOVE_NOISE = 15;

/** About how many seconds it takes to read a text aloud. */
export function secondsToSay(text: string): number {
  const said = spoken(text);
  const sentences = said.split(/[.?!:]\s+/).length;
  return said.length / LETTERS_A_SECOND + (sentences - 1) * SENTENCE_PAUSE;
}

/** The shortest and the longest time that a recording of this text may take, in seconds. */
export function allowedSeconds(text: string): { readonly least: number; readonly most: number } {
  const expected = secondsToSay(text);
  return { least: Math.max(0.15, expected * FASTEST), most: expected * SLOWEST + SLACK };
}

/** The problems of a recording of this text. Empty when the recording can be used. */
export function problemsOf(text: string, { aboveNoise, clipped, level, seconds }: Measured): readonly TakeProblem[] {
  const { least, most } = allowedSeconds(text);
  return [
    ...(seconds < least ? ['too_short' as const] : []),
    ...(seconds > most ? ['too_long' as const] : []),
    ...(level < SOFTEST ? ['too_soft' as const] : []),
    ...(clipped > MOST_CLIPPED ? ['clipped' as const] : []),
    ...(aboveNoise !== undefined && aboveNoise < LEAST_ABOVE_NOISE ? ['noisy' as const] : []),
  ];
}

/** The names that are most like the given name, the best first; empty when none is like it. */
export function namesLike(given: string, names: readonly string[]): readonly string[] {
  const wanted = given.toLowerCase();
  return names
    .map((name) => ({ name, apart: distance(wanted, name) }))
    .filter(({ apart, name }) => apart <= Math.max(2, Math.floor(name.length / 3)))
    .toSorted((a, b) => a.apart - b.apart)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** How many letters must be added, removed or changed to make one name of the other (Levenshtein 1966). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let to = 1; to <= other.length; to++) {
      const change = (row[to - 1] ?? 0) + (one[at - 1] === other[to - 1] ? 0 : 1);
      next.push(Math.min(change, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
