import { END, pattern, START } from './edges.js';
import { cleaned, pauses } from './punctuation.js';

/**
 * An English text in words and pauses only, as far as the fixed prompts need it: telephone numbers, times and
 * whole numbers. Never throws. Empty when there is nothing to say.
 */
export function spokenEnglish(text: string): string {
  const said = cleaned(text)
    .replace(TELEPHONE, (_, code: string, number: string) => `${inDigits(code)}, ${inDigits(number)}`)
    .replace(EMERGENCY, 'one one two')
    .replace(TIME, (_, hour: string, minute: string) => time(Number(hour), Number(minute)))
    .replace(WHOLE, (digits) => (digits.length > 6 || /^0\d/.test(digits) ? inDigits(digits) : whole(Number(digits))));
  const words = pauses(said);
  return /[\p{L}\p{N}]/u.test(words) ? words : '';
}

/** "0800-0011", "0900 8844", "08000011": the code, a pause, the rest. */
const TELEPHONE = pattern(String.raw`${START}(0[89]0\d)[\s-]?(\d{4}|\d{7})${END}`);
const EMERGENCY = pattern(`${START}112${END}`);
const TIME = pattern(String.raw`${START}([01]?\d|2[0-3])[:.]([0-5]\d)${END}`);
const WHOLE = pattern(String.raw`\d+`);

const UNITS = [
  ...['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'],
  ...['thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'],
];
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

const inDigits = (digits: string): string => Array.from(digits, (digit) => UNITS[Number(digit)] ?? digit).join(' ');

function whole(n: number): string {
  if (n < 20) return UNITS[n] ?? String(n);
  if (n < 100) return [TENS[Math.floor(n / 10)] ?? '', ...(n % 10 === 0 ? [] : [UNITS[n % 10] ?? ''])].join('-');
  if (n < 1_000) return `${whole(Math.floor(n / 100))} hundred${n % 100 === 0 ? '' : ` and ${whole(n % 100)}`}`;
  const rest = n % 1_000;
  return `${whole(Math.floor(n / 1_000))} thousand${rest === 0 ? '' : `${rest < 100 ? ' and' : ''} ${whole(rest)}`}`;
}

function time(hour: number, minute: number): string {
  const h = whole(hour % 12 === 0 ? 12 : hour % 12);
  const part = hour < 12 ? 'in the morning' : hour < 18 ? 'in the afternoon' : 'in the evening';
  if (minute === 0) return `${h} o'clock ${part}`;
  return `${h} ${minute < 10 ? `oh ${whole(minute)}` : whole(minute)} ${part}`;
}
