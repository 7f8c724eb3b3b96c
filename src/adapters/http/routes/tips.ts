import { z } from 'zod';
import { PAGE_FIELDS, sendList } from '../listing.js';
import { route, type HttpParts, type Route } from '../route.js';
import { ActionFilter, IdParams, JSON_TYPE, MOST_NOTE, Time } from '../schemas.js';

const TipAnswer = z
  .object({
    id: z.int(),
    actionId: z.int(),
    participantId: z.int(),
    inboundId: z.int(),
    type: z.enum(['conversation', 'recording']),
    recordingId: z.int().nullable().describe('the sound is at GET /recordings/:id/audio'),
    note: z.string().nullable(),
    useful: z.boolean().nullable(),
    createdAt: Time,
  })
  .meta({ id: 'Tip' });

const TipChange = z
  .strictObject({
    note: z.string().trim().max(MOST_NOTE).nullable().optional(),
    useful: z.boolean().nullable().optional(),
  })
  .refine(({ note, useful }) => note !== undefined || useful !== undefined, { message: 'needs note or useful' })
  .meta({ id: 'TipChange' });

export function tipRoutes({ services: { tips } }: HttpParts): Route[] {
  return [
    route(
      {
        method: 'get',
        path: '/tips',
        tag: 'tips',
        summary: 'Tips, oldest first, as a whole or by page',
        query: ActionFilter.extend(PAGE_FIELDS),
        answer: { [JSON_TYPE]: z.array(TipAnswer) },
      },
      ({ query: { actionId, page, limit }, req, res }) =>
        sendList(
          { req, res },
          {
            page,
            limit,
            read: (slice) => tips.list({ ...(actionId === undefined ? {} : { actionId }), ...slice }),
            idOf: ({ id }) => id,
            show: (tip): z.infer<typeof TipAnswer> => tip,
          },
        ),
    ),
    route(
      {
        method: 'patch',
        path: '/tips/:id',
        tag: 'tips',
        summary: 'Change the note on a tip, and whether the tip was useful',
        params: IdParams,
        body: TipChange,
        answer: { [JSON_TYPE]: TipAnswer },
        errors: [404, 415],
      },
      ({ params, body: { note, useful } }): z.infer<typeof TipAnswer> =>
        tips.update(params.id, {
          ...(note === undefined ? {} : { note }),
          ...(useful === undefined ? {} : { useful }),
        }),
    ),
  ];
}
