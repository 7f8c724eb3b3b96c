import type { Action } from './action.js';
import { formatPostcode } from './area.js';
import type { Participant } from './participant.js';
import { formatForTrunk, type E164 } from './phone-number.js';

/** What a centralist's softphone shows of a caller: `Actie 12 8251AB Anna Voorbeeld`, and the number as people know it. */
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
