import { END, pattern, START } from './edges.js';
import { digits, pair } from './numbers.js';

/**
 * Writes telephone numbers in the usual groups, digit by digit. A Dutch speaker says "vierendertig" for 34,
 * so a listener who writes along would put the 4 down first. Only 0900 numbers are said in tens, as people
 * know them.
 */
export function sayPhoneNumbers(text: string): string {
  return text
    .replace(INTERNATIONAL, (_, sign: string, number: string) => `${prefix(sign)}, ${groups(bare(number))}`)
    .replace(SERVICE, (_, code: string, number: string) => service(code, bare(number)))
    .replace(NATIONAL, (found) => groups(bare(found)))
    .replace(AFTER_BELL, (_, verb: string, number: string) => `${verb} ${inThrees(bare(number))}`)
    .replace(EMERGENCY, 'één één twee');
}

const SEPARATOR = String.raw`[\s.\-–]{0,2}`;
/** +31 or 0031, with or without "(0)", and nine digits. */
const INTERNATIONAL = pattern(
  String.raw`(?<![\p{L}\d+])(\+|00)31${SEPARATOR}(?:\(0\))?${SEPARATOR}([1-9](?:${SEPARATOR}\d){8})${END}`,
);
/** 0800, 0900, 0906 and 0909 with four or seven digits. */
const SERVICE = pattern(`${START}(0800|090[069])${SEPARATOR}(\\d{4}|\\d{3}${SEPARATOR}\\d{2}${SEPARATOR}\\d{2})${END}`);
/** Ten digits that begin with a zero; the area code may stand between brackets. */
const NATIONAL = pattern(String.raw`${START}(?:0\d(?:${SEPARATOR}\d){8}|\(0\d{1,3}\)(?:${SEPARATOR}\d){6,8})${END}`);
/** A short number after a word that says to call it: "bel 144", "bel 116 000". */
const AFTER_BELL = pattern(
  String.raw`${START}(bel|belt|bellen|telefoonnummer|nummer)\s+(1\d{2}(?:${SEPARATOR}\d{3})?)${END}`,
  'i',
);
/** 112, unless it is a quantity. */
const EMERGENCY = pattern(
  String.raw`(?<![\p{L}\d.,]|(?:straat|weg|laan|plein|kade|gracht|dijk|singel|steeg|hof|pad|huisnummer|huisnr\.?|[Kk]luisje|[Kk]amer|[Uu]nit|[Bb]us|[Ll]ijn|[Tt]rein|[Ff]lat|[Vv]ak|[Bb]ox|[Pp]aal)\s)1-?1-?2(?![\p{L}\d]|[.,]\d|\s*(?:m|km|cm|meter|kilometer|euro|jaar|kilo|kg)${END}|-\d)`,
);

/**
 * Area codes of three digits (Nummerplan telefoon- en ISDN-diensten); every other geographic one has four.
 */
const THREE_DIGIT_AREA = /^0(?:1[0135]|2[0346]|3[03568]|4[0356]|5[0358]|7\d|8[4578]|91)/;

const bare = (written: string): string => written.replace(/\D/g, '');
const prefix = (sign: string): string => (sign === '+' ? 'plus drie één' : 'nul nul drie één');

function service(code: string, number: string): string {
  if (number.length === 7) return `${digits(code)}, ${cut(number, [3, 2, 2])}`;
  if (code === '0900') return `nul negenhonderd, ${pair(number.slice(0, 2))} ${pair(number.slice(2))}`;
  return `${digits(code)}, ${cut(number, [2, 2])}`;
}

/** A national number with or without its first zero. */
function groups(number: string): string {
  const zero = number.startsWith('0') ? '' : '0';
  const whole = zero + number;
  if (whole.length !== 10) return inThrees(number);
  if (whole.startsWith('06')) return said(whole, [2, 2, 2, 2, 2], zero);
  return said(whole, THREE_DIGIT_AREA.test(whole) ? [3, 3, 2, 2] : [4, 2, 2, 2], zero);
}

function said(whole: string, sizes: readonly number[], zero: string): string {
  const words = cut(whole, sizes);
  return zero === '' ? words : words.replace(/^nul /, '');
}

const inThrees = (number: string): string =>
  cut(
    number,
    Array.from({ length: Math.ceil(number.length / 3) }, () => 3),
  );

function cut(number: string, sizes: readonly number[]): string {
  let from = 0;
  return sizes.map((size) => digits(number.slice(from, (from += size)))).join(', ');
}
