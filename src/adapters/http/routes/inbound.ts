import { z } from 'zod';
import { INBOUND_RESULTS, type InboundCall } from '../../../domain/tip.js';
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
        summary: 'Every call to the tip line',
        query: ActionFilter,
        answer: { [JSON_TYPE]: z.array(InboundAnswer) },
      },
      ({ query: { actionId } }): z.infer<typeof InboundAnswer>[] => {
        const calls: readonly InboundCall[] = tips.calls(actionId === undefined ? {} : { actionId });
        return calls.map(shown);
      },
    ),
  ];
}

/** The call's id in the telephony is nobody's business outside. */
function shown({ callId: _, ...call }: InboundCall): z.infer<typeof InboundAnswer> {
  return call;
}
