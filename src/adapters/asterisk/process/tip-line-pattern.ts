/** RFC 3966 5.1.1: visual separators say nothing. */
const SEPARATORS = '[-.()]*';
/** RFC 3966, RFC 4694, RFC 4904: parameters of a telephone number, which are no part of it. */
const PARAMETERS = '(;[^@>]*)?';
/** A number of at least so many digits that does not begin with 0 has its country code in front. */
const INTERNATIONAL_DIGITS = 9;

/**
 * The user of a URI that names the tip line, as an extended regular expression (POSIX) for Asterisk's REGEX: in any
 * notation (`08000011`, `+318000011`, `318000011`, `00318000011`, `0800-0011`), with any parameters behind the number.
 * `8000011` is the tip line only with `phone-context=+31`. The text that is compared is in lower case.
 */
export function tipLineUser(tipLine: string): string {
  if (!tipLine.startsWith('0')) {
    const prefix = tipLine.length < INTERNATIONAL_DIGITS ? '' : `([+]|${spaced('00')})?`;
    return `${SEPARATORS}${prefix}${spaced(tipLine)}${PARAMETERS}`;
  }
  const prefix = `([+]${spaced('31')}([(]0[)])?|${spaced('0031')}|${spaced('31')}|${spaced('0')})`;
  const subscriber = spaced(tipLine.slice(1));
  return (
    `(${SEPARATORS}${prefix}${subscriber}${PARAMETERS}|` +
    `${SEPARATORS}${subscriber}${PARAMETERS};phone-context=[+]31${PARAMETERS})`
  );
}

/** The digits, with separators wherever somebody may have put them. */
const spaced = (digits: string): string => [...digits].map((digit) => `${digit}${SEPARATORS}`).join('');

/**
 * Our account at the operator where it looks like a telephone number, as a regular expression. An account that has a letter
 * is told from a number without it: then this matches nothing that is a number.
 */
export function accountPattern(user: string | undefined): string {
  if (user === undefined || !/^[-+0-9.()]+$/.test(user)) return 's';
  return [...user].map((sign) => `[${sign}]`).join('');
}

/** In Asterisk's configuration a bare `;` begins a comment. */
export const inDialplan = (pattern: string): string => pattern.replaceAll(';', '\\;');
