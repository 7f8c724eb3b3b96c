import { END, pattern, START } from './edges.js';
import { cardinal } from './numbers.js';

/** "23-11-2026" and "23 nov." become "drieëntwintig november …". */
export function sayDates(text: string): string {
  return text
    .replace(WEEKDAY_BEFORE_DATE, (_, day: string) => `${WEEKDAYS[day.toLowerCase()] ?? day} `)
    .replace(ISO, (found, year: string, month: string, day: string) => date(day, month, year) ?? found)
    .replace(
      NUMERIC,
      (found, day: string, _sign: string, month: string, year: string) => date(day, month, year) ?? found,
    )
    .replace(WEEKDAY_BEFORE_TIME, (_, day: string) => WEEKDAYS[day] ?? day)
    .replace(WEEKDAYS_ONLY, (_, from: string, joined: string, to: string) => weekdays(from, joined, to))
    .replace(
      DAY_AND_MONTH,
      (found, weekday: string | undefined, day: string, _sign: string, month: string) =>
        dayAndMonth(weekday, day, month) ?? found,
    )
    .replace(NAMED, (...found: unknown[]) => {
      const [, weekday, day = '', month = '', point = '', at, all] = found as (string | undefined)[];
      const after = String(all).slice(Number(at) + String(found[0]).length);
      // The point of a short month ends the sentence only where a new one begins.
      const ends = point !== '' && /^(?:\s+\p{Lu}|\s*$)/u.test(after) ? '.' : '';
      return `${named(weekday, day, month)}${ends}`;
    });
}

const ISO = pattern(String.raw`${START}(\d{4})-(\d{2})-(\d{2})(?![\p{L}\d-])`);
const NUMERIC = pattern(
  String.raw`(?<![\p{L}\d-])(\d{1,2})([-/.])(\d{1,2})\2((?:19|20)\d{2}(?![-/.]\d)|'?\d{2}(?![-/.,]\d{2}|\s\d{2}(?![:.]\d{2}(?![-/.,\s]?\d))))${END}`,
);
const NAMED = pattern(
  String.raw`${START}(?:(ma|di|wo|do|vr|za|zo)\.?\s+)?(0?[1-9]|[12]\d|3[01])\s+(jan|feb|febr|mrt|apr|mei|jun|jul|aug|sep|sept|okt|nov|dec|januari|februari|maart|april|juni|juli|augustus|september|oktober|november|december)${END}(\.)?`,
  'i',
);

/**
 * "23/11" is a date after certain words ("op 23-11", "ma 23/11") or before a time. Alone it may be anything.
 */
const DAY_AND_MONTH = pattern(
  String.raw`(?:(?<=(?:^|[^\p{L}\d])(?:op|sinds|vanaf|tot|d\.d\.|datum:?|per)\s+)|${START}(?:(ma|di|wo|do|vr|za|zo|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)\.?\s+)|${START}(?=\d{1,2}[-/]\d{1,2},?\s+(?:om|rond|omstreeks|\d{1,2}[:.]\d{2})))(0?[1-9]|[12]\d|3[01])([-/])(0?[1-9]|1[0-2])(?![\d/\p{L}]|-\d|[.,]\d)`,
  'i',
);
/** "za 5-12-26", "zo. 13 december" */
const WEEKDAY_BEFORE_DATE = pattern(
  String.raw`${START}(ma|di|wo|do|vr|za|zo)\.?\s+(?=\d{1,2}([-/.])\d{1,2}\2'?\d{2})`,
  'i',
);
/** "ma. 14.30": before a time the short form cannot be a word. */
const WEEKDAY_BEFORE_TIME = pattern(
  String.raw`${START}(ma|di|wo|do|vr|za|zo)\.?(?=\s+(?:om\s+|rond\s+)?\d{1,2}[:.]\d{2}(?!\d))`,
);
/** "ma t/m vr", "za en zo". A single short form may be a word ("zo", "do"). */
const WEEKDAYS_ONLY = pattern(
  String.raw`${START}(ma|di|wo|do|vr|za|zo)\.?(\s?-\s?|\s?t\/m\s?|\s+tot(?:\s+en\s+met)?\s+|\s+(?:en|op)\s+)(ma|di|wo|do|vr|za|zo)${END}(?:\.(?=\s*[\p{Ll}\d]))?`,
);

const MONTHS = [
  'januari',
  'februari',
  'maart',
  'april',
  'mei',
  'juni',
  'juli',
  'augustus',
  'september',
  'oktober',
  'november',
  'december',
] as const;
const WEEKDAYS: Readonly<Record<string, string>> = {
  ma: 'maandag',
  di: 'dinsdag',
  wo: 'woensdag',
  do: 'donderdag',
  vr: 'vrijdag',
  za: 'zaterdag',
  zo: 'zondag',
};

function date(day: string, month: string, year: string): string | undefined {
  const name = MONTHS[Number(month) - 1];
  if (name === undefined || Number(day) < 1 || Number(day) > 31) return undefined;
  return `${cardinal(Number(day))} ${name} ${cardinal(fullYear(year.replace("'", '')))}`;
}

/** Two digits from 41 on are of the last century: nobody in a message was born in 2050. */
function fullYear(year: string): number {
  if (year.length > 2) return Number(year);
  return (Number(year) > 40 ? 1900 : 2000) + Number(year);
}

function dayAndMonth(weekday: string | undefined, day: string, month: string): string | undefined {
  const name = MONTHS[Number(month) - 1];
  return name === undefined ? undefined : named(weekday, day, name);
}

function weekdays(from: string, joined: string, to: string): string {
  const link = /en|op/.test(joined) ? joined : ' tot en met ';
  return `${WEEKDAYS[from] ?? from}${link}${WEEKDAYS[to] ?? to}`;
}

function named(weekday: string | undefined, day: string, month: string): string {
  const short = month.toLowerCase().slice(0, 3);
  const name = MONTHS.find((full) => full.startsWith(short)) ?? (short === 'mrt' ? 'maart' : month);
  const before = weekday === undefined ? '' : `${WEEKDAYS[weekday.toLowerCase()] ?? weekday} `;
  return `${before}${cardinal(Number(day))} ${name}`;
}
