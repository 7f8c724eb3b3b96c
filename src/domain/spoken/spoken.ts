import { sayAbbreviations } from './abbreviations.js';
import { sayAges } from './ages.js';
import { sayAmounts } from './amounts.js';
import { sayCompass } from './compass.js';
import { sayDates } from './dates.js';
import { sayDescriptions } from './descriptions.js';
import { sayFractions } from './fractions.js';
import { sayHouseNumbers } from './house-numbers.js';
import { sayLengths } from './lengths.js';
import { sayAcronyms, sayShouting } from './letters.js';
import { sayLists } from './lists.js';
import { sayMeasures } from './measures.js';
import { sayPeople } from './people.js';
import { sayPhoneNumbers } from './phone-numbers.js';
import { sayPictures } from './pictures.js';
import { sayPlates } from './plates.js';
import { repeatPlates, unmarked } from './plates-repeated.js';
import { sayPostcodes } from './postcodes.js';
import { cleaned, pauses } from './punctuation.js';
import { sayAbout, sayAddresses, sayNumbers, saySigns } from './signs.js';
import { sayTimes } from './times.js';

/**
 * Raise this with every change to the result of {@link spoken} or of `spokenEnglish`: sounds of another
 * version are rendered again.
 */
export const SPOKEN_VERSION = 6;

/**
 * A Dutch text as a person reads it aloud over the telephone, in words and pauses only. Never throws. Unknown
 * notations stay as they are. Empty when there is nothing to say.
 *
 * The order of the rules matters: a rule with more conditions on the surrounding text comes earlier. Dates
 * and times go before telephone numbers, because they are digits in groups too. Plates go before postcodes.
 * Loose numbers and signs go last.
 */
export function spoken(text: string): string {
  return unmarked(inWords(text));
}

/** The same for a message to citizens, who write along: each number plate is said twice. */
export function spokenMessage(text: string): string {
  return repeatPlates(inWords(text));
}

function inWords(text: string): string {
  const said = RULES.reduce((now, rule) => rule(now), cleaned(text));
  return /[\p{L}\p{N}]/u.test(said) ? said : '';
}

const RULES: readonly ((text: string) => string)[] = [
  sayLists,
  sayPictures,
  sayShouting,
  sayAddresses,
  sayCompass,
  sayAbout,
  sayDates,
  sayTimes,
  sayPhoneNumbers,
  sayPlates,
  sayPostcodes,
  sayHouseNumbers,
  sayDescriptions,
  sayAbbreviations,
  sayPeople,
  sayAges,
  sayAmounts,
  sayLengths,
  sayFractions,
  sayMeasures,
  sayAcronyms,
  sayNumbers,
  saySigns,
  pauses,
];
