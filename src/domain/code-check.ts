/**
 * A personal code lets somebody in without their number. There are a million codes, and in a large action so many people
 * are selected that a code tried by chance is somebody's once in a few hundred tries. So wrong codes are counted: when many
 * were tried, and when a code is not one person's alone, the telephone number must be given with it.
 */

/** Codes that one caller may try. */
export const TRIES_A_CALL = 3;
/** After so many wrong codes in an hour, by all callers together, a code alone is not enough. */
export const WRONG_CODES_AN_HOUR = 10;
/** After so many wrong codes in an hour with the same number, that number is refused. */
export const WRONG_CODES_OF_A_NUMBER = 5;

/** What comes of a code: it is theirs, it is nobody's, the number is needed with it, or no code is taken any more. */
export type CodeVerdict = 'accepted' | 'wrong' | 'ask_number' | 'refused';

/**
 * `owners`: how many people have the code who were selected in an action that runs, or has just ended. `wrongLately`:
 * wrong codes of the last hour, whoever tried them.
 */
export function judgeCode(owners: number, wrongLately: number): CodeVerdict {
  // Of a code of nobody as well: or the question would tell that it is somebody's.
  if (wrongLately >= WRONG_CODES_AN_HOUR) return 'ask_number';
  // Here it does tell that, of a code that lets nobody in by itself: see docs/decisions/0022.
  if (owners > 1) return 'ask_number';
  return owners === 1 ? 'accepted' : 'wrong';
}

/** The same with a number given. `owners`: those who have both; `wrongLately`: wrong codes of the last hour with that number. */
export function judgeCodeWithNumber(owners: number, wrongLately: number): CodeVerdict {
  if (wrongLately >= WRONG_CODES_OF_A_NUMBER) return 'refused';
  return owners > 0 ? 'accepted' : 'wrong';
}
