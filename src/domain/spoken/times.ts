import { END, pattern, START } from './edges.js';
import { cardinal } from './numbers.js';

/**
 * Writes times as people say them, with the part of the day so that nothing is lost: "14:30 uur" is "half
 * drie 's middags". The police write a point as often as a colon ("om 14.30"), and "uur" once for two times
 * ("tussen 22.00 en 23.00 uur"). A point between digits can also be a decimal point, so the words around the
 * digits decide.
 */
export function sayTimes(text: string): string {
  return text
    .replace(SPAN_BEFORE, (_, hours: string, minutes: string) => span(hours, minutes))
    .replace(SPAN_AFTER, (_, hours: string, minutes: string) => span(hours, minutes))
    .replace(TWO_OF_FOUR_DIGITS, '$1$2.$3$4$5.$6 uur')
    .replace(FOUR_DIGITS, '$1$2.$3 uur')
    .replace(PAIR, sayPair)
    .replace(PAIR_OF_HOURS, sayPairOfHours)
    .replace(SURE, sayOne)
    .replace(AFTER_WORD, sayOne)
    .replace(AFTER_WEAK_WORD, sayOne)
    .replace(LOOSE, sayOne)
    .replace(WHOLE, sayOne);
}

const HOUR = String.raw`(?<hour>[01]?\d|2[0-4])`;
const MINUTE = String.raw`(?<minute>[0-5]\d)`;
const FREE = String.raw`(?<![\p{L}\d.,:/+\-]|[€$£]\s?)`;
const UUR = String.raw`\s?(?:[uU]{2}[rR]|[uU]\.?|[hH](?:rs?)?\.?)${END}`;
/** No further digits, so the match is neither a date nor a telephone number. */
const ENDS = String.raw`(?![\d:]|[.,/\-]\d)${END}`;
/** No unit that makes the digits a measure. */
const NO_UNIT = String.raw`(?!\s?(?:%|°|€|(?:m|mtr|meters?|cm|mm|km|kilometers?|kg|kilo|gr|gram|l|ltr|liter|ml|cc|pk|ha|euro|eur|cent|procent|graden|miljoen|mln|miljard|jaar|jr|minuten|min|seconden|sec|dagen|weken|maanden|lang|groot|hoog|breed|diep|x)${END}))`;
/** No word that follows a duration instead of a time: "2-3 uur geleden". */
const NO_SPAN = String.raw`(?!\s+(?:geleden|lang|later|eerder|vermist|onderweg|weg|zoeken|zoekwerk|durend)${END})`;

/** Words before a time. After these the digits are always a time. */
const SURE_WORDS =
  "om|omstreeks|omstr\\.|sinds|vanaf|v\\.a\\.|tijdstip|tijd|uiterlijk|te|laatst\\s+gezien|gisteren|vandaag|vannacht|'s\\s+(?:nachts|ochtends|morgens|middags|avonds)|(?:gister|van|zondag|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag)(?:nacht|ochtend|morgen|middag|avond)";
/** After these the digits can be a length as well: "rond 1.55". */
const WEAK_WORDS = 'rond|circa|ca\\.|ongeveer|±|tussen|van|tot|na|voor|tegen|en|of';

/** A duration in hours and minutes: "1.30 uur geleden", "duurt 2.30 uur". */
const SPAN_BEFORE = pattern(
  String.raw`${FREE}(\d{1,2})[.:]([0-5]\d)\s?(?:uur|u)(?=\s+(?:geleden|lang|later|vermist|onderweg)${END})`,
);
const SPAN_AFTER = pattern(
  String.raw`(?<=(?:duurt|duurde|gedurende|binnen|al)\s+)(\d{1,2})[.:]([0-5]\d)\s?(?:uur|u)${END}`,
);
/** Times without a separator: "om 1430 uur", "tussen 1400 en 1500 uur". */
const TWO_OF_FOUR_DIGITS = pattern(
  String.raw`${START}((?:tussen|van)\s+)([01]\d|2[0-3])([0-5]\d)((?:\s?(?:uur|u))?\s+(?:en|tot)\s+)([01]\d|2[0-3])([0-5]\d)\s?(?:uur|u)${END}`,
  'i',
);
const FOUR_DIGITS = pattern(
  String.raw`${START}((?:om|rond|omstreeks|sinds|vanaf|te|tot|tussen|en)\s+(?:ca\.\s+|circa\s+|ongeveer\s+)?)([01]\d|2[0-3])([0-5]\d)${UUR}`,
  'i',
);

/** Two times; one "uur" or one word before them is enough for both. */
const JOINED = String.raw`(?<joined>\s?[-/]\s?|\s+(?:tot(?:\s+en\s+met)?|en|à|a|of|t\/m)\s+)`;
const PAIR = pattern(
  String.raw`${FREE}(?<before>(?:tussen|van|vanaf|rond|om|tot)\s+)?(?<h1>[01]?\d|2[0-4])[:.](?<m1>[0-5]\d)(?<uur1>${UUR})?${JOINED}(?<h2>[01]?\d|2[0-4])[:.](?<m2>[0-5]\d)(?<uur2>${UUR})?${ENDS}${NO_UNIT}`,
  'i',
);
/** "tussen 22 en 23 uur", "van 9 tot 17 uur", "23-7 uur". */
const PAIR_OF_HOURS = pattern(
  String.raw`${FREE}(?<before>(?:tussen|van|vanaf)\s+)?(?<h1>[01]?\d|2[0-4])(?:${UUR})?${JOINED}(?<h2>[01]?\d|2[0-4])${UUR}${NO_SPAN}`,
  'i',
);

/** A time by its own form: with a colon, or with "uur" or "u" after it or in the middle. */
const SURE = pattern(
  String.raw`${FREE}${HOUR}(?::${MINUTE}(?![\d:]|[.,]\d)(?:${UUR})?|[.,](?<point>[0-5]\d)${UUR}|[uh](?<letter>[0-5]\d)${END})`,
);
/** A time by the word before it: "om 14.30", "laatst gezien: 16.20". */
const AFTER_WORD = pattern(
  String.raw`(?:${START}|(?<=\s|^))(?<before>(?:(?:${SURE_WORDS})(?:\s+(?:${WEAK_WORDS}|om|omstreeks))*):?\s+)${HOUR}\.${MINUTE}${ENDS}${NO_UNIT}`,
  'i',
);
/** From 3.00 on the digits cannot be the height of a person: "rond 9.15". */
const AFTER_WEAK_WORD = pattern(
  String.raw`${START}(?<before>(?:rond|tussen|van|tot|na|voor|tegen)\s+(?:ca\.\s+|circa\s+|ongeveer\s+)?)(?<hour>0?[3-9])\.${MINUTE}${ENDS}${NO_UNIT}`,
  'i',
);
/**
 * Two digits, a point, two digits and no unit: "19.30". A Dutch decimal has a comma. Digits that are not an
 * hour and minutes are left alone, and so are digits after the name of a road, a post beside it, or a price.
 */
const LOOSE = pattern(
  String.raw`(?<!(?:hmp\.?|hm|paal|km|versie|prijs|bedrag|kluis|kluisje|kamer|lokaal|unit|box|vak|loods|hal|code|artikel|zaak|nr\.?|nummer|afrit|afslag|[AN]\d{1,3})[:\s]*)${FREE}(?<hour>[01]\d|2[0-4])\.${MINUTE}${ENDS}${NO_UNIT}`,
  'i',
);
/** "om 14 uur" is a time, "al 14 uur vermist" is not. Up to twelve hours the part of the day is unknown. */
const WHOLE = pattern(
  String.raw`${START}(?<before>(?:om|rond|omstreeks|omstr\.|vanaf|sinds|tot|na|voor|te|tegen)\s+(?:ca\.\s+|circa\s+|ongeveer\s+)?)(?<hour>1[3-9]|2[0-4])${UUR}${NO_SPAN}`,
  'i',
);

interface Found {
  readonly before?: string;
  readonly hour: string;
  readonly minute?: string;
  readonly point?: string;
  readonly letter?: string;
}

interface FoundPair {
  readonly before?: string;
  readonly h1: string;
  readonly m1?: string;
  readonly uur1?: string;
  readonly joined: string;
  readonly h2: string;
  readonly m2?: string;
  readonly uur2?: string;
}

/** The last arguments of a replacer with named groups: the place, the text, and the groups. */
function around<Groups>(args: readonly unknown[]): { text: string; at: number; groups: Groups } {
  const [at, text, groups] = args.slice(-3) as [number, string, Groups];
  return { text, at, groups };
}

function sayOne(...args: unknown[]): string {
  const { text, at, groups } = around<Found>(args);
  const { before = '', hour, minute, point, letter } = groups;
  const found = String(args[0]);
  const said = clock(hour, minute ?? point ?? letter ?? '00', dayIsKnown(text, at, before, at + found.length));
  return `${before}${said}${endOf(found, text.slice(at + found.length))}`;
}

/** The point of "14.30 u." ends a sentence when a new one follows it. */
function endOf(found: string, after: string): string {
  return /[uh]\.$/i.test(found) && /^(?:\s+[\p{Lu}\d]|\s*$)/u.test(after) ? '.' : '';
}

function sayPair(...args: unknown[]): string {
  const { text, at, groups } = around<FoundPair>(args);
  const { before = '', h1, m1 = '00', uur1, joined, h2, m2 = '00', uur2 } = groups;
  const found = String(args[0]);
  const known = dayIsKnown(text, at, before, at + found.length);
  const isTime =
    known ||
    uur1 !== undefined ||
    uur2 !== undefined ||
    found.includes(':') ||
    ((h1.length === 2 || h2.length === 2) && Number(h1) >= 3);
  // "tussen 1.55 en 2.05" may be the height of a person. From 3.00 on it cannot be.
  if (!isTime && (before === '' || Number(h1) < 3 || Number(h2) < 3)) return found;
  return `${before}${clock(h1, m1, known)}${link(joined, before)}${clock(h2, m2, known)}${endOf(found, text.slice(at + found.length))}`;
}

function sayPairOfHours(...args: unknown[]): string {
  const { text, at, groups } = around<FoundPair>(args);
  const { before = '', h1, joined, h2 } = groups;
  const found = String(args[0]);
  // Two small numbers may be a duration: "2-3 uur". Up to twelve the part of the day is unknown too.
  if (Number(h1) <= 12 && Number(h2) <= 12) return found;
  const known = dayIsKnown(text, at, before, at + found.length);
  return `${before}${clock(h1, '00', known)}${link(joined, before)}${clock(h2, '00', known)}`;
}

/** Writes the dash between two times as a word: "van … tot", "tussen … en". */
function link(joined: string, before: string): string {
  if (!/[-/]/.test(joined)) return joined;
  if (/t\/m/i.test(joined)) return ' tot en met ';
  return /^tussen/i.test(before) ? ' en ' : ' tot ';
}

/**
 * Whether the words around a time name the part of the day: "gisteravond om 22.15", "22.15 uur 's avonds".
 */
function dayIsKnown(text: string, from: number, before: string, to: number): boolean {
  const lead = text.slice(0, from) + before;
  return DAY_BEFORE.test(lead) || DAY_AFTER.test(text.slice(to));
}

const DAY_BEFORE =
  /(?:nachts?|ochtends?|morgens?|middags?|avonds?)(?:,?\s+(?:om|rond|omstreeks|vanaf|sinds|tot|tussen|van|na|voor|tegen|circa|ca\.|ongeveer|en))*:?\s*$/iu;
const DAY_AFTER =
  /^\.?\s+\(?(?:'s\s+(?:nachts|ochtends|morgens|middags|avonds)|in\s+de\s+(?:nacht|ochtend|middag|avond))/iu;

function clock(hour: string, minute: string, dayIsKnown: boolean): string {
  const h = Number(hour) % 24;
  return `${faceOf(h, Number(minute))}${dayIsKnown ? '' : ` ${partOfDay(h)}`}`;
}

const span = (hours: string, minutes: string): string =>
  `${cardinal(Number(hours))} uur${Number(minutes) === 0 ? '' : ` en ${cardinal(Number(minutes))} minuten`}`;

/** The time as the hands of a clock show it. */
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
