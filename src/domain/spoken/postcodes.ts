import { END, pattern, START } from './edges.js';
import { pair } from './numbers.js';

/** "8251 AB" is "tweeëntachtig eenenvijftig, A, B". Letters SA, SD and SS are never given out. */
export function sayPostcodes(text: string): string {
  return text
    .replace(FULL, (found, number: string, letters: string, at: number) => {
      const said = `${inPairs(number)}, ${letters.trim().toUpperCase().split('').join(', ')}`;
      return /^ \p{L}/u.test(text.slice(at + found.length)) ? `${said},` : said;
    })
    .replace(AREA, (_, word: string, list: string) => `${word} ${areas(list)}`);
}

/** Together in either case ("8251ab"), or with a space in capitals: "2019 de" is a year and a word. */
const FULL = pattern(`${START}([1-9]\\d{3})( ?(?!S[ADS])[A-Z]{2}|(?!s[ads])[a-z]{2})${END}`);
const AREA = pattern(
  `${START}(postcodes?|postcodegebied(?:en)?)\\s+([1-9]\\d{3}(?:(?:\\s?[-,]\\s?|\\s?t\\/m\\s?|\\s+(?:tot|en|tot en met)\\s+)[1-9]\\d{3})*)${END}`,
  'i',
);

/** "8251-8256", "8251, 8252 en 8253". */
const areas = (list: string): string =>
  list.replace(/\s?(?:-|t\/m)\s?/giu, ' tot en met ').replace(/\d{4}/gu, (number) => inPairs(number));

const inPairs = (number: string): string => `${pair(number.slice(0, 2))} ${pair(number.slice(2))}`;
