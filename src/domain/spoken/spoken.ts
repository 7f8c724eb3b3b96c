import { sayAbbreviations } from './abbreviations.js';
import { sayDates } from './dates.js';
import { sayFractions } from './fractions.js';
import { sayLengths } from './lengths.js';
import { sayAcronyms, sayShouting } from './letters.js';
import { sayMeasures } from './measures.js';
import { sayPhoneNumbers } from './phone-numbers.js';
import { sayPlates } from './plates.js';
import { sayPostcodes } from './postcodes.js';
import { cleaned, pauses } from './punctuation.js';
import { sayAbout, sayAddresses, sayNumbers, saySigns } from './signs.js';
import { sayTimes } from './times.js';

/** Goes up with every change of what {@link spoken} answers: sounds made under another version are made anew. */
export const SPOKEN_VERSION = 2;

/**
 * A Dutch text as a person would read it aloud over the telephone, in words and pauses only. Never throws; what it does
 * not know stays as it is. Empty when there is nothing to say.
 *
 * The order matters: the more a rule asks of its surroundings, the earlier it comes. Dates and times go before telephone
 * numbers (they are digits in groups too), plates before postcodes, loose numbers and signs last.
 */
export function spoken(text: string): string {
  const said = RULES.reduce((now, rule) => rule(now), cleaned(text));
  return /[\p{L}\p{N}]/u.test(said) ? said : '';
}

const RULES: readonly ((text: string) => string)[] = [
  sayShouting,
  sayAddresses,
  sayAbout,
  sayDates,
  sayTimes,
  sayPhoneNumbers,
  sayPlates,
  sayPostcodes,
  sayAbbreviations,
  sayLengths,
  sayFractions,
  sayMeasures,
  sayAcronyms,
  sayNumbers,
  saySigns,
  pauses,
];
