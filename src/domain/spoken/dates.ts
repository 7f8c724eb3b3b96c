import { END, pattern, START } from './edges.js';
import { cardinal } from './numbers.js';

/** "23-11-2026" and "23 nov." become "drieëntwintig november …". */
export function sayDates(text: string): string {
  return text
    .replace(ISO, (found, year: string, month: string, day: string) => date(day, month, year) ?? found)
    .replace(
      NUMERIC,
      (found, day: string, _sign: string, month: string, year: string) => date(day, month, year) ?? found,
    )
    .replace(NAMED, (_, weekday: string | undefined, day: string, month: string) => named(weekday, day, month));
}

const ISO = pattern(String.raw`${START}(\d{4})-(\d{2})-(\d{2})(?![\p{L}\d-])`);
const NUMERIC = pattern(
  String.raw`(?<![\p{L}\d-])(\d{1,2})([-/.])(\d{1,2})\2((?:19|20)\d{2}(?![-/.]\d)|\d{2}(?![-/.,\s]\d{2}))${END}`,
);
const NAMED = pattern(
  String.raw`${START}(?:(ma|di|wo|do|vr|za|zo)\.?\s+)?(0?[1-9]|[12]\d|3[01])\s+(jan|feb|febr|mrt|apr|mei|jun|jul|aug|sep|sept|okt|nov|dec|januari|februari|maart|april|juni|juli|augustus|september|oktober|november|december)${END}(?:\.(?=\s*[\p{Ll}\d,;:)]))?`,
  'i',
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
  return `${cardinal(Number(day))} ${name} ${cardinal(year.length === 2 ? 2000 + Number(year) : Number(year))}`;
}

function named(weekday: string | undefined, day: string, month: string): string {
  const short = month.toLowerCase().slice(0, 3);
  const name = MONTHS.find((full) => full.startsWith(short)) ?? (short === 'mrt' ? 'maart' : month);
  const before = weekday === undefined ? '' : `${WEEKDAYS[weekday.toLowerCase()] ?? weekday} `;
  return `${before}${cardinal(Number(day))} ${name}`;
}
