/** Visual separators do not change a number (RFC 3966 5.1.1). */
const SEPARATORS = '[-.()]*';
/** Parameters do not belong to the number itself (RFC 3966, RFC 4694, RFC 4904). */
const PARAMETERS = '(;[^@>]*)?';
/** A number of at least this many digits that does not begin with 0 starts with its country code. */
const INTERNATIONAL_DIGITS = 9;

/**
 * Makes an extended regular expression (POSIX) for the dialplan function REGEX. It matches the user part of a
 * URI of the tip line: in any notation (`08000011`, `+318000011`, `318000011`, `00318000011`, `0800-0011`),
 * with any parameters after the number. `8000011` is the tip line only with `phone-context=+31`. The dialplan
 * compares in lower case.
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

/** The digits, with optional separators between them. */
const spaced = (digits: string): string => [...digits].map((digit) => `${digit}${SEPARATORS}`).join('');

/**
 * Makes a regular expression for our account at the operator when the account looks like a telephone number.
 * The dialplan recognizes an account with a letter in it by that letter, so for such an account the pattern
 * matches no number.
 */
export function accountPattern(user: string | undefined): string {
  if (user === undefined || !/^[-+0-9.()]+$/.test(user)) return 's';
  return [...user].map((sign) => `[${sign}]`).join('');
}

/** Escapes each `;`, which begins a comment in a configuration file of Asterisk. */
export const inDialplan = (pattern: string): string => pattern.replaceAll(';', '\\;');
