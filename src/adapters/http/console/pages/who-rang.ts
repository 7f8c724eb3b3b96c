import { formatPostcode } from '../../../../domain/area.js';
import { Problem } from '../../../../domain/problem.js';
import { phone, postcode } from '../format.js';
import type { ConsoleParts } from '../parts.js';

/** Who came to say something, or tried to. */
export interface Who {
  readonly name: string;
  readonly postcodes: string;
  readonly phone: string;
}

/** What a page says of a caller. `from`: null when it is not known from which number they rang. */
export function whoRang(
  { services: { participants } }: Pick<ConsoleParts, 'services'>,
  participantId: number | null,
  from: string | null,
): Who {
  const person = participantId === null ? undefined : orUndefined(() => participants.get(participantId));
  const number = from ?? person?.phones[0];
  return {
    name: person?.name ?? 'Naam niet bekend',
    postcodes: person?.postcodes.map((one) => postcode(formatPostcode(one))).join(', ') ?? '',
    phone: number === undefined ? 'nummer afgeschermd' : phone(number),
  };
}

/** Where a browser gets the sound of a recording. */
export const soundOf = (recordingId: number): string => `/api/v1/recordings/${recordingId}/audio`;

/** Undefined for who is not there any more. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Problem && error.code === 'not_found') return undefined;
    throw error;
  }
}
