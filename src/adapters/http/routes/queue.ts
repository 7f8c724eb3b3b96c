import { z } from 'zod';
import { route, type HttpParts, type Route } from '../route.js';
import { IdParams, JSON_TYPE, Nothing, Time } from '../schemas.js';

const WaitingAnswer = z
  .object({ inboundId: z.int(), actionId: z.int(), place: z.int().describe('1 for the next caller'), since: Time })
  .meta({ id: 'WaitingCaller' });

const Transfer = z
  .strictObject({ extension: z.string().regex(/^\d{2,6}$/, 'must be 2 to 6 digits') })
  .meta({ id: 'Transfer' });

/** Callers on the tip line now: waiting, or to be transferred. */
export function queueRoutes({ services: { tips } }: HttpParts): Route[] {
  return [
    route(
      {
        method: 'get',
        path: '/queue',
        tag: 'tips',
        summary: 'Callers who wait on the tip line for a free centralist, in order of arrival',
        answer: { [JSON_TYPE]: z.array(WaitingAnswer) },
      },
      (): z.infer<typeof WaitingAnswer>[] => [...tips.waiting()],
    ),
    route(
      {
        method: 'post',
        path: '/inbound/:id/transfer',
        tag: 'tips',
        summary: "Transfer a caller to a colleague; the colleague's softphone rings while the caller hears hold audio",
        params: IdParams,
        body: Transfer,
        status: 202,
        answer: { [JSON_TYPE]: Nothing },
        errors: [404, 409, 415],
      },
      async ({ params, body }): Promise<z.infer<typeof Nothing>> => {
        await tips.transfer(params.id, { extension: body.extension });
        return {};
      },
    ),
  ];
}
