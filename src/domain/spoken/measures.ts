import { END, NUMBER, pattern, START } from './edges.js';
import { cardinal, ordinal, pair, written } from './numbers.js';

/** Ages, lengths, amounts and other numbers with a unit. */
export function sayMeasures(text: string): string {
  return text
    .replace(AGE_ADJECTIVE, (_, n: string, ending: string) => `${cardinal(Number(n))}${ending.toLowerCase()}`)
    .replace(
      LENGTH_RANGE,
      (_, m1: string, cm1: string, m2: string, cm2: string) => `${length(m1, cm1)} tot ${length(m2, cm2)}`,
    )
    .replace(LENGTH, (_, metres: string, cm: string) => length(metres, cm))
    .replace(LENGTH_LETTER, (_, metres: string, cm: string) => length(metres, cm))
    .replace(LENGTH_BY_WORD, (_, metres: string, cm: string) => length(metres, cm))
    .replace(EURO, (_, whole: string, cents: string | undefined) => euro(whole, cents))
    .replace(TIMES, (_, n: string) => `${cardinal(Number(n))} keer `)
    .replace(ORDINAL, (_, n: string) => ordinal(Number(n)))
    .replace(UNIT, (_, from: string | undefined, to: string, unit: string) => quantity(from, to, unit));
}

const AGE_ADJECTIVE = pattern(String.raw`${START}(\d{1,3})[\s-]?(jarig(?:en?)?)${END}`, 'i');
const METRE = String.raw`\s?(?:m|mtr|meter)${END}(?!\/)\.?(?=\s|[,;)!?]|$)`;
const LENGTH_RANGE = pattern(String.raw`${START}(\d)[.,](\d{1,2})\s?(?:m)?\s?[-–]\s?(\d)[.,](\d{1,2})${METRE}`);
const LENGTH = pattern(String.raw`${START}(\d)[.,](\d{1,2})${METRE}`);
const LENGTH_LETTER = pattern(String.raw`${START}(\d)m(\d{2})${END}`);
/** A person's length without its unit: "1.75 lang". */
const LENGTH_BY_WORD = pattern(String.raw`(?:(?<=lengte:?\s+(?:van\s+|is\s+)?)([12])[.,](\d{2})${END})`, 'i');
const EURO = pattern(String.raw`(?:€|${START}EUR)\s?(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{2}|-{1,2}|–))?(?!\d)`);
const TIMES = pattern(String.raw`${START}(\d{1,3})\s?[x×]${END}\s?`);
const ORDINAL = pattern(String.raw`${START}(\d{1,3})(?:e|ste|de)${END}`);

/** As written → as said. Longer ones first, because the pattern takes the first that fits. */
const UNITS: Readonly<Record<string, string>> = {
  'km/uur': 'kilometer per uur',
  'km/u': 'kilometer per uur',
  'km/h': 'kilometer per uur',
  kmh: 'kilometer per uur',
  'm/s': 'meter per seconde',
  'm²': 'vierkante meter',
  m2: 'vierkante meter',
  'm³': 'kubieke meter',
  m3: 'kubieke meter',
  km: 'kilometer',
  hm: 'hectometer',
  cm: 'centimeter',
  mm: 'millimeter',
  mtr: 'meter',
  m: 'meter',
  kg: 'kilo',
  gr: 'gram',
  ltr: 'liter',
  pk: 'paardenkracht',
  ha: 'hectare',
  jrs: 'jaar',
  jr: 'jaar',
  mnd: 'maanden',
  wk: 'weken',
  dgn: 'dagen',
  min: 'minuten',
  sec: 'seconden',
  uur: 'uur',
  u: 'uur',
  pers: 'personen',
  '°C': 'graden',
  '°': 'graden',
  '%': 'procent',
};
const UNIT_NAMES = Object.keys(UNITS).join('|');
/** One number or a range, and its unit. The point of an abbreviation goes with it, unless a new sentence follows. */
const UNIT = pattern(
  String.raw`(?<![\p{L}\d.,])(?:(${NUMBER})\s?[-–]\s?)?(${NUMBER})\s?(${UNIT_NAMES})${END}(?:\.(?=\s+[\p{Ll}\d]|[,;]))?`,
);

function length(metres: string, cm: string): string {
  const hundredths = Number(cm.padEnd(2, '0'));
  return `${cardinal(Number(metres))} meter${hundredths === 0 ? '' : ` ${cardinal(hundredths)}`}`;
}

function euro(whole: string, cents: string | undefined): string {
  const amount = `${written(whole)} euro`;
  return cents === undefined || !/[1-9]/.test(cents) ? amount : `${amount} ${pair(cents).replace(/^nul /, '')}`;
}

function quantity(from: string | undefined, to: string, unit: string): string {
  const said = `${written(to)} ${UNITS[unit] ?? unit}`;
  return from === undefined ? said : `${written(from)} tot ${said}`;
}
