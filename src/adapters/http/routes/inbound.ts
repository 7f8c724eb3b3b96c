import { z } from 'zod';
import { INBOUND_RESULTS, type InboundCall } from '../../../domain/tip.js';
import { PAGE_FIELDS, sendList } from '../listing.js';
import { route, type HttpParts, type Route } from '../route.js';
import { ActionFilter, JSON_TYPE, Time, TimeOrNull } from '../schemas.js';

const InboundAnswer = z
  .object({
    id: z.int(),
    from: z.string().nullable().describe('E.164; null when withheld'),
    participantId: z.int().nullable(),
    actionId: z.int().nullable(),
    result: z.enum(INBOUND_RESULTS).nullable().describe('null while the call lasts'),
    reason: z.string(),
    receivedAt: Time,
    ringingAt: TimeOrNull,
    connectedAt: TimeOrNull,
    endedAt: TimeOrNull,
    centralistId: z.int().nullable(),
    recordingId: z.int().nullable(),
  })
  .meta({ id: 'InboundCall' });

export function inboundRoutes({ services: { tips } }: HttpParts): Route[] {
  return [
    route(
      {
        method: 'get',
        path: '/inbound',
        tag: 'tips',
        summary: 'Calls to the tip line, oldest first, as a whole or by page',
        query: ActionFilter.extend(PAGE_FIELDS),
        answer: { [JSON_TYPE]: z.array(InboundAnswer) },
      },
      ({ query: { actionId, page, limit }, req, res }) =>
        sendList(
          { req, res },
          {
            page,
            limit,
            read: (slice) => tips.calls({ ...(actionId === undefined ? {} : { actionId }), ...slice }),
            idOf: ({ id }) => id,
            show: shown,
          },
        ),
    ),
  ];
}

/** Leaves out the call's id in telephony, which is internal. */
function shown({ callId: _, ...call }: InboundCall): z.infer<typeof InboundAnswer> {
  return call;
}
