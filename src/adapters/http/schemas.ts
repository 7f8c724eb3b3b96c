import { z } from 'zod';

/** Schemas that several routes share. Every time is an integer: milliseconds since 1970, UTC. */

export const Time = z.int().describe('milliseconds since 1970-01-01, UTC');
export const TimeOrNull = Time.nullable();

/** An id in a path or query. */
const Digits = z.string().regex(/^\d{1,15}$/, 'must be a number');
export const IdText = Digits.transform(Number).meta({ type: 'integer' });

export const IdParams = z.object({ id: IdText });
export const ActionFilter = z.strictObject({ actionId: IdText.optional() });

export const ErrorAnswer = z
  .object({
    code: z
      .string()
      .describe(
        'a stable code: invalid, invalid_json, unauthorized, not_found, conflict, not_ready, changed, look_alike, no_trunk, …',
      ),
    message: z.string(),
    details: z.array(
      z.object({
        field: z.string(),
        message: z.string(),
        action: z
          .object({ id: z.int(), number: z.int(), title: z.string() })
          .optional()
          .describe('for look_alike: the action that resembles the one to start'),
      }),
    ),
  })
  .meta({ id: 'Error' });

/** Most characters of a message or closing message in a request. Speech refuses more than 1,500. */
export const MOST_MESSAGE = 5_000;
/** Most characters of the note on a tip. */
export const MOST_NOTE = 2_000;

export const JSON_TYPE = 'application/json';

/** The answer to an accepted request that has nothing to return. */
export const Nothing = z.object({});
