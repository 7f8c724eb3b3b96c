/**
 * Dutch number words. Compounds of hundreds and of tens are one word; a space follows "duizend" (Taalunie,
 * technische handleiding).
 */

const SMALL = [
  'nul',
  'één',
  'twee',
  'drie',
  'vier',
  'vijf',
  'zes',
  'zeven',
  'acht',
  'negen',
  'tien',
  'elf',
  'twaalf',
  'dertien',
  'veertien',
  'vijftien',
  'zestien',
  'zeventien',
  'achttien',
  'negentien',
] as const;
const TENS = ['', '', 'twintig', 'dertig', 'veertig', 'vijftig', 'zestig', 'zeventig', 'tachtig', 'negentig'] as const;

/** Numbers from this one on are read digit by digit. */
const TOO_LARGE = 1_000_000_000;

/** A whole number as people say it: 1750 is "zeventienhonderd vijftig", 2026 "tweeduizend zesentwintig". */
export function cardinal(n: number): string {
  if (!Number.isInteger(n) || n < 0 || n >= TOO_LARGE) return digits(String(n));
  if (n < 100) return underHundred(n);
  if (n < 1000) return `${n < 200 ? '' : cardinal(Math.floor(n / 100))}honderd${rest(n % 100, '')}`;
  if (n > 1000 && n < 10_000 && n % 1000 >= 100) return `${cardinal(Math.floor(n / 100))}honderd${rest(n % 100, ' ')}`;
  if (n < 1_000_000) {
    const thousands = Math.floor(n / 1000);
    return `${thousands === 1 ? '' : cardinal(thousands)}duizend${rest(n % 1000, ' ')}`;
  }
  return `${cardinal(Math.floor(n / 1_000_000))} miljoen${rest(n % 1_000_000, ' ')}`;
}

/** "eerste", "tweede", "achtste", "twintigste". */
export function ordinal(n: number): string {
  const tail = n % 100;
  if (tail === 0 || tail >= 20) return `${cardinal(n)}ste`;
  const head = n > tail ? cardinal(n - tail) : '';
  if (tail === 1) return `${head}eerste`;
  if (tail === 3) return `${head}derde`;
  return `${head}${cardinal(tail)}${tail === 8 ? 'ste' : 'de'}`;
}

/** Each digit by itself: "112" is "één één twee". Other characters are left out. */
export function digits(text: string): string {
  return Array.from(text.replace(/\D/g, ''), (digit) => SMALL[Number(digit)] ?? '').join(' ');
}

/** Two digits as one number, with a leading zero by itself: "51" is "eenenvijftig", "05" is "nul vijf". */
export function pair(two: string): string {
  return two.startsWith('0') ? digits(two) : cardinal(Number(two));
}

/**
 * A written number in words: "12", "1.500", "3,5", "1.75". Dutch uses the point for thousands and the comma
 * for decimals. A point that cannot separate thousands is read as a comma. A number with a leading zero is
 * read digit by digit.
 */
export function written(number: string): string {
  const thousands = /^\d{1,3}(?:\.\d{3})+(?=,|$)/.test(number) ? number.replaceAll('.', '') : number;
  const [whole = '', decimals] = thousands.split(/[.,]/, 2);
  const said = whole.length > 1 && whole.startsWith('0') ? digits(whole) : integer(whole);
  if (decimals === undefined) return said;
  return `${said} komma ${decimals.length <= 2 ? pair(decimals) : digits(decimals)}`;
}

function integer(whole: string): string {
  return whole.length > 9 ? digits(whole) : cardinal(Number(whole));
}

function underHundred(n: number): string {
  if (n < 20) return SMALL[n] ?? '';
  const ones = n % 10;
  const tens = TENS[Math.floor(n / 10)] ?? '';
  if (ones === 0) return tens;
  const one = ones === 1 ? 'een' : (SMALL[ones] ?? '');
  return `${one}${ones === 2 || ones === 3 ? 'ën' : 'en'}${tens}`;
}

function rest(n: number, space: string): string {
  if (n === 0) return '';
  return space + (n === 1 && space === '' ? 'een' : cardinal(n));
}
