import { END, NUMBER, pattern, START } from './edges.js';
import { cardinal, ordinal, pair, written } from './numbers.js';

/** Writes ages, lengths, amounts and other numbers with a unit in words. */
export function sayMeasures(text: string): string {
  return text
    .replace(BELOW_ZERO, 'min ')
    .replace(FIRST_OF_AGES, (_, n: string) => cardinal(Number(n)))
    .replace(AGE_ADJECTIVE, (_, n: string, ending: string) => `${cardinal(Number(n))}${ending.toLowerCase()}`)
    .replace(COMPOUND, (_, n: string, rest: string) => `${compoundOf(Number(n), rest.toLowerCase())}`)
    .replace(TENS_OF_AGE, (_, tens: string, many: string) => `${cardinal(Number(tens))}er${many}`)
    .replace(BETWEEN_AGES, (_, from: string, to: string) => either(from, to))
    .replace(YOUNGER, 'jonger dan ')
    .replace(OLDER, 'ouder dan ')
    .replace(
      MILLIONS,
      (_, number: string, unit: string) => `${written(number)} ${MANY[unit.toLowerCase()] ?? unit} euro`,
    )
    .replace(EURO, (_, whole: string, cents: string | undefined) => euro(whole, cents))
    .replace(EURO_AFTER, (_, whole: string, cents: string | undefined) => euro(whole, cents))
    .replace(BY, (_, sides: string) => sides.replace(/\s?[x×]\s?/giu, ' bij '))
    .replace(TIMES, (_, n: string) => `${cardinal(Number(n))} keer `)
    .replace(ORDINAL, (_, n: string) => ordinal(Number(n)))
    .replace(UNIT, (_, from: string | undefined, to: string, unit: string) => quantity(from, to, unit));
}

const AGE_ADJECTIVE = pattern(String.raw`${START}(\d{1,3})[\s-]?(jarig(?:en?)?)${END}`, 'i');
/** A minus before a temperature, also with a space: "- 10 °C", "tussen -5 en -10 graden". */
const BELOW_ZERO = pattern(
  String.raw`(?<=^|[\s(])-\s?(?=\d+(?:[.,]\d+)?(?:\s?(?:°|℃|graden)|\s?(?:tot|en|à|of|t\/m)\s-?\d+(?:[.,]\d+)?\s?(?:°|℃|graden)))`,
);
/** "13- of 14-jarige", "8- tot 10-jarigen". */
const FIRST_OF_AGES = pattern(String.raw`${START}(\d{1,3})-(?=\s+(?:of|en|tot|à)\s+\d{1,3}[\s-]?jarig)`, 'i');
/** "2-deurs", "10-tallen", "65-plusser". */
const COMPOUND = pattern(
  String.raw`${START}(\d{1,3})-(deurs|zits|tal|tallen|wieler|wielers|persoons|plusser|plussers|cilinder|daags|uurs)${END}`,
  'i',
);
/** "30-er", "50'ers". */
const TENS_OF_AGE = pattern(String.raw`${START}([2-9]0)(?:-|')?er(s?)${END}`);
/** "20/25 jaar", "leeftijd 20/25", "14/15-jarige". Numbers that differ by one become "of", others "tot". */
const BETWEEN_AGES = pattern(
  String.raw`(?:(?<=(?:leeftijd|maat):?\s+(?:ongeveer\s+)?)|${START}(?=\d+\/\d+\s?-?(?:jaar|jr|jarig|cm|kg|kilo|personen|mannen|vrouwen|jongens|meisjes|kinderen|verdachten|daders|minuten|min|meter|m|km|keer)))(\d{1,3})\/(\d{1,3})(?!\d|\/)`,
  'i',
);
const YOUNGER = pattern(String.raw`<\s?(?=\d{1,3}\s?(?:jaar|jr))`);
const OLDER = pattern(String.raw`>\s?(?=\d{1,3}\s?(?:jaar|jr))`);
const MANY: Readonly<Record<string, string>> = {
  mln: 'miljoen',
  'mln.': 'miljoen',
  miljoen: 'miljoen',
  mld: 'miljard',
  'mld.': 'miljard',
  miljard: 'miljard',
};
const MILLIONS = pattern(
  String.raw`(?:€|${START}EUR)\s?(\d+(?:[.,]\d+)?)\s?(miljoen|mln\.?|miljard|mld\.?)(?:\s+euro)?(?=\s|[,.;)!?]|$)`,
  'i',
);
const EURO = pattern(String.raw`(?:€|${START}EUR)\s?(\d{1,3}(?:\.\d{3})+|\d+)(?:[.,](\d{2}|-{1,2}|–))?(?!\d)`);
const EURO_AFTER = pattern(
  String.raw`(?<![\p{L}\d.,])(\d{1,3}(?:\.\d{3})+|\d+)[.,](\d{2}|-{1,2})\s?(?:€|(?:euro|EUR)${END})`,
);
/** Sides: "3 x 4 m", "4x4". */
const BY = pattern(String.raw`${START}(\d+(?:[.,]\d+)?(?:\s?[x×]\s?\d+(?:[.,]\d+)?)+)(?!\d)`);
const TIMES = pattern(String.raw`${START}(\d{1,3})\s?[x×]${END}\s?`);
const ORDINAL = pattern(String.raw`${START}(\d{1,3})(?:e|ste|de)${END}`);

/** As written → as said. Longer units come first, because the pattern takes the first that fits. */
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
  ml: 'milliliter',
  cl: 'centiliter',
  l: 'liter',
  cc: 'c c',
  pk: 'paardenkracht',
  ha: 'hectare',
  jrs: 'jaar',
  jr: 'jaar',
  mnd: 'maanden',
  wk: 'weken',
  wkn: 'weken',
  dgn: 'dagen',
  min: 'minuten',
  sec: 'seconden',
  uur: 'uur',
  u: 'uur',
  pers: 'personen',
  Bft: 'beaufort',
  bft: 'beaufort',
  mln: 'miljoen',
  mld: 'miljard',
  '°C': 'graden',
  '℃': 'graden',
  'graden Celsius': 'graden',
  'graden C': 'graden',
  '°': 'graden',
  '%': 'procent',
};
/** The units that have another word for one. */
const ONE: Readonly<Record<string, string>> = {
  mnd: 'maand',
  wk: 'week',
  dgn: 'dag',
  min: 'minuut',
  sec: 'seconde',
  pers: 'persoon',
};
const UNIT_NAMES = Object.keys(UNITS).join('|');
/**
 * A number or a range with its unit. The point of an abbreviation is removed, unless a new sentence follows.
 */
const UNIT = pattern(
  String.raw`(?<![\p{L}\d.,])(?:(${NUMBER})\s?[-–]\s?)?(${NUMBER})\s?(${UNIT_NAMES})${END}(?:\.(?=\s+['\p{Ll}]|[,;)]))?`,
);

/** "twaalftal", "tiental", "vierdeurs": one word. */
const compoundOf = (n: number, rest: string): string => `${cardinal(n)}${rest}`;

const either = (from: string, to: string): string => `${from} ${Number(to) === Number(from) + 1 ? 'of' : 'tot'} ${to}`;

function euro(whole: string, cents: string | undefined): string {
  const amount = `${written(whole)} euro`;
  return cents === undefined || !/[1-9]/.test(cents) ? amount : `${amount} ${pair(cents).replace(/^nul /, '')}`;
}

function quantity(from: string | undefined, to: string, unit: string): string {
  const one = from === undefined && to === '1' ? ONE[unit] : undefined;
  const said = `${written(to)} ${one ?? UNITS[unit] ?? unit}`;
  return from === undefined ? said : `${written(from)} tot ${said}`;
}
