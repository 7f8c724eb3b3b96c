import {
  MARK_TONES,
  toneMarked,
  tonesInOrder,
  wavOf,
  type MarkTone,
  type Samples,
} from '../../../src/phonenet/index.js';

/*
 * Speech of one tone a second, different from the tones before and after it: a recording shows which seconds
 * were said, and which are missing.
 */
/** The length of each tone and of the gap after it. */
export const SPOKEN_SECOND = { toneMs: 960, gapMs: 40 };

export const spokenSeconds = (count: number): readonly MarkTone[] =>
  Array.from({ length: count }, (_, second) => MARK_TONES[second % MARK_TONES.length]!);

export const wavOfSeconds = (count: number): ReturnType<typeof wavOf> =>
  wavOf(toneMarked(spokenSeconds(count), SPOKEN_SECOND));

/** The seconds that were heard, in order, each as its place in the cycle of tones. */
export const secondsHeard = (recording: Samples): number[] =>
  tonesInOrder(recording).map((hz) => MARK_TONES.indexOf(hz));

/** The gaps between the seconds that were heard, such as `3→5 at 7`. */
export function secondsMissing(seconds: readonly number[]): string[] {
  return seconds.flatMap((second, index) => {
    const before = seconds[index - 1];
    return before === undefined || second === (before + 1) % MARK_TONES.length
      ? []
      : [`${before}→${second} at ${index}`];
  });
}
