import type { Action } from './action.js';
import { formatPostcode } from './area.js';
import type { Participant } from './participant.js';
import { formatForTrunk, type E164 } from './phone-number.js';

/**
 * The caller ID on a centralist's softphone: `Actie 12 8251AB Anna Voorbeeld`, and the number in national
 * notation.
 */
export function shownAtDesk(
  { number }: Pick<Action, 'number'>,
  person: Pick<Participant, 'name' | 'postcodes'> | undefined,
  from: E164 | null,
): { readonly number: string; readonly name: string } {
  const [postcode] = person?.postcodes ?? [];
  const words = [`Actie ${number}`, postcode && formatPostcode(postcode), person?.name];
  return {
    number: from === null ? 'anonymous' : formatForTrunk(from, 'national'),
    name: words.filter(Boolean).join(' '),
  };
}
