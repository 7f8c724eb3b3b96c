import { z } from 'zod';
import { route, type HttpParts, type Route } from '../route.js';
import { JSON_TYPE } from '../schemas.js';

const Alive = z.object({ status: z.literal('ok'), version: z.string() });
const Ready = z
  .object({
    ready: z.boolean(),
    simulated: z.boolean().describe("a simulated phone network takes the operator's place: nobody real is called"),
    parts: z
      .record(z.string(), z.object({ ok: z.boolean(), reason: z.string() }))
      .describe('database, asterisk, trunk, speech, disk'),
  })
  .meta({ id: 'Readiness' });

/** For the monitoring of the service: without a token, outside /api/v1. */
export function healthRoutes({ services, version }: HttpParts): Route[] {
  return [
    route(
      {
        method: 'get',
        path: '/healthz',
        tag: 'operation',
        summary: 'The process is alive',
        open: true,
        answer: { [JSON_TYPE]: Alive },
      },
      (): z.infer<typeof Alive> => ({ status: 'ok', version }),
    ),
    route(
      {
        method: 'get',
        path: '/readyz',
        tag: 'operation',
        summary:
          'Whether everything that an action needs is available; 503 with the same body when something is missing',
        open: true,
        answer: { [JSON_TYPE]: Ready },
        errors: [503],
      },
      async ({ res }) => {
        const readiness = await services.readiness();
        res.status(readiness.ready ? 200 : 503).json(readiness);
      },
    ),
  ];
}
