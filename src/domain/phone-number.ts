import { lookUpNumber } from '../lib/numbering-plan.js';
import { nameOfCharacter, plainCharacters } from '../lib/plain-signs.js';
import { parsed, refused, type Parsed } from './problem.js';

declare const e164Brand: unique symbol;
/** A phone number in E.164 notation: `+31612345678` (ITU-T E.164). */
export type E164 = string & { readonly [e164Brand]: true };

/** Notation of numbers on the trunk: `+31612345678` or `0612345678`. */
export const NUMBER_FORMATS = ['e164', 'national'] as const;
export type NumberFormat = (typeof NUMBER_FORMATS)[number];

const SHORT_OR_SPECIAL: readonly { pattern: RegExp; reason: string }[] = [
  {
    pattern: /^(\+31|0031|31)?0?(112|113|116\d{3}|144)$/,
    reason: 'is an emergency or help number, not a telephone of a person',
  },
  { pattern: /^(\+31|0031|31)?0?800\d+$/, reason: 'is a freephone (0800) number, not a telephone of a person' },
  { pattern: /^(\+31|0031|31)?0?90[0-9]\d+$/, reason: 'is an information (090x) number, not a telephone of a person' },
];

/** Number types that belong to a person, in libphonenumber's words. 088 and 14xxx belong to organisations. */
const PERSONAL = new Set(['MOBILE', 'FIXED_LINE', 'FIXED_LINE_OR_MOBILE', 'VOIP', 'PERSONAL_NUMBER']);

/**
 * Reads a Dutch telephone number in any common notation: `0612345678`, `06-1234 5678`, `+31…`, `0031…`,
 * `31…`. Only numbers of persons (mobile, landline) are accepted: no 112, 0800, 090x or 14xxx, and no foreign
 * numbers.
 */
export function parsePhoneNumber(text: string): Parsed<E164> {
  const typed = asTyped(text);
  if (typed === '') return refused('is empty; give a Dutch number such as 0612345678');
  if (SCIENTIFIC.test(typed))
    return refused('was made a calculated number by a spreadsheet, which loses digits; save the column as text');
  const strange = /[^\d\s().\-/]/u.exec(typed.replace(/^\+/, ''));
  if (strange)
    return refused(`may hold only digits, spaces, dashes and a leading +, not ${nameOfCharacter(strange[0])}`);
  if (!/\d/.test(typed)) return refused('holds no digits; it may hold only digits, spaces, dashes and a leading +');
  const compact = typed.replace(/[^\d+]/g, '');
  const special = SHORT_OR_SPECIAL.find((rule) => rule.pattern.test(compact));
  if (special) return refused(special.reason);
  const international = toInternational(compact);
  if (!/^\+[1-9]/.test(international)) return refused(invalidReason(international));
  if (!international.startsWith('+31')) return refused('is a foreign number; only Dutch numbers (+31) can be called');
  const number = lookUpNumber(international);
  if (!number?.valid) return refused(invalidReason(international));
  if (number.type === undefined || !PERSONAL.has(number.type)) {
    return refused('is not the number of a mobile or landline telephone');
  }
  return parsed(number.e164 as E164);
}

/** `6,12E+08`, `3.1612345678E+10`: a long number after a spreadsheet converted it. */
const SCIENTIFIC = /^[+-]?\d+(?:[.,]\d*)?e[+-]?\d+$/i;

/** Removes what spreadsheets add to a number: `'0612345678`, `="0612345678"`, `612345678.0`. */
function asTyped(text: string): string {
  const plain = plainCharacters(text).trim();
  const bare = /^="(.*)"$/.exec(plain)?.[1] ?? plain;
  return bare
    .replace(/^['’‘`´]+|['’‘`´]+$/g, '')
    .replace(/^(\+?\d{9,})[.,]0+$/, '$1')
    .trim();
}

/**
 * `0031…`, `31…` and `06…` become `+31…`. A number that starts with `+` stays, but `+31 (0)6…` loses its 0.
 */
function toInternational(compact: string): string {
  const plus = compact.startsWith('+')
    ? compact
    : compact.startsWith('00')
      ? `+${compact.slice(2)}`
      : compact.startsWith('0')
        ? `+31${compact.slice(1)}`
        : compact.startsWith('31') && compact.length >= 11
          ? `+${compact}`
          : `+31${compact}`;
  return plus.replace(/^\+310(?=\d{9}$)/, '+31');
}

function invalidReason(international: string): string {
  const digits = international.length - '+31'.length;
  if (digits < 9) return 'is too short; a Dutch number has ten digits, such as 0612345678';
  if (digits > 9) return 'is too long; a Dutch number has ten digits, such as 0612345678';
  return 'is not a number that exists in the Dutch numbering plan';
}

/**
 * The caller's number from the network's caller ID, in E.164. Unlike {@link parsePhoneNumber} it accepts
 * every number that can call us, foreign ones too. Undefined when the text is not a number (`anonymous`, an
 * extension, nothing).
 */
export function callerNumber(text: string | undefined): E164 | undefined {
  if (text === undefined) return undefined;
  const compact = text.replace(/[\s().\-/]/g, '');
  if (!/^\+?\d{6,18}$/.test(compact)) return undefined;
  const dutch = toInternational(compact);
  // Some networks leave the + out, so a number that is not Dutch may still be a foreign one.
  const readings = /^[1-9]/.test(compact) ? [dutch, `+${compact}`] : [dutch];
  const known = readings.map(lookUpNumber).find((number) => number?.valid);
  if (known) return known.e164 as E164;
  return /^\+[1-9]\d{5,14}$/.test(dutch) ? (dutch as E164) : undefined;
}

/** The number in the trunk's notation. */
export function formatForTrunk(number: E164, format: NumberFormat): string {
  if (format === 'e164' || !number.startsWith('+31')) return number;
  return `0${number.slice(3)}`;
}

/**
 * The number for people to read: `06-12345678`, `0321-123456`, `0800-0011`. A foreign number keeps its
 * country code.
 */
export function formatForPeople(number: E164): string {
  const national = number.startsWith('+31') ? lookUpNumber(number)?.national : undefined;
  if (national === undefined) return number;
  const [area, ...rest] = national.split(' ');
  return rest.length === 0 ? national : `${area}-${rest.join('')}`;
}
