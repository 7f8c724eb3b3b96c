import { END, pattern, START } from './edges.js';
import { cardinal } from './numbers.js';

/**
 * Writes lengths in metres and centimetres in words: "1.80 lang", "1,75 m", "1m80", "tussen 1.75 en 1.80". A
 * description uses a point, and often has no unit. One or two metres with two decimals is the height of a
 * person when no other unit follows.
 */
export function sayLengths(text: string): string {
  return text
    .replace(PAIR, (found, m1: string, cm1: string, unit1: string | undefined, joined: string, ...rest: unknown[]) => {
      const [m2, cm2, unit2] = rest as [string, string, string | undefined];
      const isLength = unit1 !== undefined || unit2 !== undefined || (ofPerson(m1, cm1) && ofPerson(m2, cm2));
      return isLength ? `${metres(m1, cm1)}${link(joined)}${metres(m2, cm2)}` : found;
    })
    .replace(WITH_UNIT, (_, m: string, cm: string) => metres(m, cm))
    .replace(WITH_LETTER, (_, m: string, cm: string) => metres(m, cm))
    .replace(AFTER_WORD, (_, m: string, cm: string) => metres(m, cm))
    .replace(BEFORE_WORD, (_, m: string, cm: string) => metres(m, cm))
    .replace(WITHOUT_UNIT, (found, m: string, cm: string) => (ofPerson(m, cm) ? metres(m, cm) : found));
}

const FREE = String.raw`(?<![\p{L}\d.,:/+\-]|[€$£]\s?)`;
const UNIT = String.raw`\s?(?:m|mtr|meter)${END}(?!\/(?!\d))(?:\.(?=\s+\p{Ll}|[,;)]))?(?=\s|[.,;)!?/-]|$)`;
const JOINED = String.raw`(\s?[-/]\s?|\s+(?:tot(?:\s+en\s+met)?|en|à|a|of|t\/m)\s+)`;
/** No unit of another quantity follows. */
const NO_OTHER_UNIT = String.raw`(?!\d|[.,:/\-]\d|\s?(?:%|°|€|(?:euro|eur|cent|procent|graden|miljoen|mln|miljard|keer|uur|u|cm|mm|km|kilometer|kg|kilo|gram|gr|l|ltr|liter|cc|jaar|jr)${END}))${END}`;

const PAIR = pattern(
  String.raw`${FREE}([0-9])[.,](\d{1,2})(${UNIT})?${JOINED}([0-9])[.,](\d{1,2})(${UNIT}|(?=\s+(?:lang|groot|hoog)${END}))?${NO_OTHER_UNIT}`,
);
const WITH_UNIT = pattern(String.raw`${FREE}(\d)[.,](\d{1,2})${UNIT}`);
const WITH_LETTER = pattern(String.raw`${START}(\d)\s?m\s?(\d{2})${END}`);
/** "lengte 1.8", "1,8 lang": with the word one decimal is a length too. */
const AFTER_WORD = pattern(
  String.raw`(?<=lengte:?\s+(?:van\s+|is\s+|ongeveer\s+|circa\s+|tussen\s+)*)${FREE}([12])[.,](\d{1,2})${NO_OTHER_UNIT}`,
  'i',
);
const BEFORE_WORD = pattern(String.raw`${FREE}([12])[.,](\d{1,2})(?=\s+(?:lang|groot)${END})`, 'i');
const WITHOUT_UNIT = pattern(String.raw`${FREE}([12])[.,](\d{2})${NO_OTHER_UNIT}`);

/** Whether the length can be the height of a person. */
const ofPerson = (m: string, cm: string): boolean => {
  const hundredths = Number(m) * 100 + Number(cm.padEnd(2, '0'));
  return cm.length === 2 && hundredths >= 100 && hundredths <= 225;
};

function metres(m: string, cm: string): string {
  const hundredths = Number(cm.padEnd(2, '0'));
  return `${cardinal(Number(m))} meter${hundredths === 0 ? '' : ` ${cardinal(hundredths)}`}`;
}

const link = (joined: string): string => (/^\s?[-/]\s?$/.test(joined) ? ' tot ' : joined);
