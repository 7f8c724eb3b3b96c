/**
 * A personal code lets a participant in without their telephone number. There are a million codes, and a
 * large action selects so many participants that a random code belongs to one of them once in a few hundred
 * tries. So wrong codes are counted. After many wrong codes, and for a code that several participants share,
 * the caller must enter the telephone number too.
 */

/** Codes that a caller may try in one call. */
export const TRIES_A_CALL = 3;
/** After this many wrong codes in an hour, by all callers together, a code alone is not enough. */
export const WRONG_CODES_AN_HOUR = 10;
/** After this many wrong codes in an hour with the same number, that number is refused. */
export const WRONG_CODES_OF_A_NUMBER = 5;

/**
 * accepted    the code belongs to one participant
 * wrong       the code belongs to nobody
 * ask_number  the caller must enter the telephone number too
 * refused     no more codes are accepted with this number
 */
export type CodeVerdict = 'accepted' | 'wrong' | 'ask_number' | 'refused';

/**
 * Judges a code without a number. `owners`: participants with this code who were selected in an action that
 * runs or has just ended. `wrongLately`: wrong codes of all callers in the last hour.
 */
export function judgeCode(owners: number, wrongLately: number): CodeVerdict {
  // The number is also asked for a code without an owner. Otherwise the question would reveal an owner.
  if (wrongLately >= WRONG_CODES_AN_HOUR) return 'ask_number';
  // Here the question reveals it, but only of a code that lets nobody in by itself: see docs/decisions/0022.
  if (owners > 1) return 'ask_number';
  return owners === 1 ? 'accepted' : 'wrong';
}

/**
 * Judges a code together with a number. `owners`: participants who have both. `wrongLately`: wrong codes with
 * that number in the last hour.
 */
export function judgeCodeWithNumber(owners: number, wrongLately: number): CodeVerdict {
  if (wrongLately >= WRONG_CODES_OF_A_NUMBER) return 'refused';
  return owners > 0 ? 'accepted' : 'wrong';
}
