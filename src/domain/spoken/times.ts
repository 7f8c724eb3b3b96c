import { END, pattern, START } from './edges.js';
import { cardinal } from './numbers.js';

/** "14:30 uur" is "half drie 's middags": the clock as people say it, with the part of the day so that nothing is lost. */
export function sayTimes(text: string): string {
  return text
    .replace(RANGE, (_, h1: string, m1: string, h2: string, m2: string) => `${clock(h1, m1)} tot ${clock(h2, m2)}`)
    .replace(COLON, (_, hour: string, minute: string) => clock(hour, minute))
    .replace(POINT, (_, hour: string, minute: string) => clock(hour, minute))
    .replace(LETTER, (_, hour: string, minute: string) => clock(hour, minute))
    .replace(WHOLE, (_, word: string, hour: string) => `${word} ${clock(hour, '00')}`);
}

const HOUR = String.raw`([01]?\d|2[0-4])`;
const MINUTE = String.raw`([0-5]\d)`;
const FREE = String.raw`(?<![\p{L}\d.,:/+\-])`;
const UUR = String.raw`\s?(?:[uU]{2}[rR]|[uU]\.?|h)${END}`;
const RANGE = pattern(String.raw`${FREE}${HOUR}[:.]${MINUTE}(?:${UUR})?\s?[-–]\s?${HOUR}[:.]${MINUTE}${UUR}`);
const COLON = pattern(String.raw`${FREE}${HOUR}:${MINUTE}(?![\d:]|[.,]\d)(?:${UUR})?`);
/** With a point it is a time only if "uur" says so. */
const POINT = pattern(String.raw`${FREE}${HOUR}\.${MINUTE}${UUR}`);
const LETTER = pattern(String.raw`${FREE}${HOUR}[uh]${MINUTE}${END}`);
/** "om 14 uur" is a time, "al 14 uur vermist" is not. Up to twelve the part of the day is not known. */
const WHOLE = pattern(
  String.raw`${START}(om|rond|omstreeks|vanaf|sinds|tot)\s+(1[3-9]|2[0-4])\s?(?:uur|u\.?)${END}`,
  'i',
);

function clock(hour: string, minute: string): string {
  const h = Number(hour) % 24;
  return `${faceOf(h, Number(minute))} ${partOfDay(h)}`;
}

/** What the hands show. */
function faceOf(h: number, m: number): string {
  if (m === 0) return `${hourName(h)} uur`;
  if (m === 15) return `kwart over ${hourName(h)}`;
  if (m < 16) return `${cardinal(m)} over ${hourName(h)}`;
  if (m < 30) return `${cardinal(30 - m)} voor half ${hourName(h + 1)}`;
  if (m === 30) return `half ${hourName(h + 1)}`;
  if (m < 45) return `${cardinal(m - 30)} over half ${hourName(h + 1)}`;
  if (m === 45) return `kwart voor ${hourName(h + 1)}`;
  return `${cardinal(60 - m)} voor ${hourName(h + 1)}`;
}

const hourName = (h: number): string => cardinal(h % 12 === 0 ? 12 : h % 12);

function partOfDay(h: number): string {
  if (h < 6) return "'s nachts";
  if (h < 12) return "'s ochtends";
  if (h < 18) return "'s middags";
  return "'s avonds";
}
