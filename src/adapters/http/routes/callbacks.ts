import { z } from 'zod';
import { CALLBACK_RESULTS } from '../../../domain/callback.js';
import { PAGE_FIELDS, sendList } from '../listing.js';
import { route, type HttpParts, type Route } from '../route.js';
import { IdParams, IdText, JSON_TYPE, Time, TimeOrNull } from '../schemas.js';

const NewCallback = z
  .strictObject({ centralistId: z.int().positive().optional().describe("default: the action's own centralist") })
  .meta({ id: 'NewCallback' });

const CallbackAnswer = z
  .object({
    id: z.int(),
    inboundId: z.int(),
    actionId: z.int(),
    participantId: z.int(),
    phone: z.string().describe('E.164'),
    centralistId: z.int(),
    requestedAt: Time,
    deskAnsweredAt: TimeOrNull,
    answeredAt: TimeOrNull.describe('when the participant answered'),
    endedAt: TimeOrNull,
    result: z.enum(CALLBACK_RESULTS).nullable().describe('null while the callback lasts'),
  })
  .meta({ id: 'Callback' });
type CallbackAnswer = z.infer<typeof CallbackAnswer>;

const CallbackFilter = z.strictObject({
  inboundId: IdText.optional(),
  actionId: IdText.optional(),
  ...PAGE_FIELDS,
});

export function callbackRoutes({ services: { callbacks } }: HttpParts): Route[] {
  return [
    route(
      {
        method: 'post',
        path: '/inbound/:id/callback',
        tag: 'tips',
        summary:
          "Call back a caller of the tip line; the centralist's softphone rings first, then the participant's telephone",
        params: IdParams,
        body: NewCallback,
        status: 202,
        answer: { [JSON_TYPE]: CallbackAnswer },
        errors: [404, 409, 415, 503],
      },
      ({ params, body }): CallbackAnswer => callbacks.callBack(params.id, body.centralistId),
    ),
    route(
      {
        method: 'get',
        path: '/callbacks',
        tag: 'tips',
        summary: 'Callbacks with their results, oldest first, as a whole or by page',
        query: CallbackFilter,
        answer: { [JSON_TYPE]: z.array(CallbackAnswer) },
      },
      ({ query: { inboundId, actionId, page, limit }, req, res }) =>
        sendList(
          { req, res },
          {
            page,
            limit,
            read: (slice) =>
              callbacks.list({
                ...(inboundId === undefined ? {} : { inboundId }),
                ...(actionId === undefined ? {} : { actionId }),
                ...slice,
              }),
            idOf: ({ id }) => id,
            show: (callback): CallbackAnswer => callback,
          },
        ),
    ),
  ];
}
