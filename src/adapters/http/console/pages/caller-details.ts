import { formatPostcode } from '../../../../domain/area.js';
import { Problem } from '../../../../domain/problem.js';
import { phone, postcode } from '../format.js';
import type { ConsoleParts } from '../page.js';

/** How a page shows a caller of the tip line. */
export interface CallerDetails {
  readonly name: string;
  readonly postcodes: string;
  readonly phone: string;
}

/** `from`: null when the caller withheld the number. */
export function callerDetails(
  { services: { participants } }: Pick<ConsoleParts, 'services'>,
  participantId: number | null,
  from: string | null,
): CallerDetails {
  const person = participantId === null ? undefined : orUndefined(() => participants.get(participantId));
  const number = from ?? person?.phones[0];
  return {
    name: person?.name ?? 'Naam niet bekend',
    postcodes: person?.postcodes.map((one) => postcode(formatPostcode(one))).join(', ') ?? '',
    phone: number === undefined ? 'nummer afgeschermd' : phone(number),
  };
}

/** The address of a recording's sound. */
export const soundOf = (recordingId: number): string => `/api/v1/recordings/${recordingId}/audio`;

/** Undefined for a participant who is not stored any more. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Problem && error.code === 'not_found') return undefined;
    throw error;
  }
}
