import { z } from 'zod';
import { TRANSPORTS } from '../../../app/services.js';
import type { Centralist } from '../../../ports/stores.js';
import { route, type HttpParts, type Route } from '../route.js';
import { JSON_TYPE, Time } from '../schemas.js';

const NewCentralist = z
  .strictObject({
    name: z.string().trim().min(1).max(80),
    extension: z.string().regex(/^\d{2,6}$/, 'must be 2 to 6 digits'),
  })
  .meta({ id: 'NewCentralist' });

const CentralistAnswer = z
  .object({ id: z.int(), name: z.string(), extension: z.string(), createdAt: Time })
  .meta({ id: 'Centralist' });
type CentralistAnswer = z.infer<typeof CentralistAnswer>;

const Account = CentralistAnswer.extend({
  sip: z.object({
    username: z.string(),
    password: z.string().describe('shown this once'),
    server: z.string(),
    transport: z.enum(TRANSPORTS),
  }),
}).meta({ id: 'CentralistAccount' });

const Listed = CentralistAnswer.extend({ registered: z.boolean().describe('the softphone is registered now') }).meta({
  id: 'ListedCentralist',
});

export function centralistRoutes({ services: { desk } }: HttpParts): Route[] {
  return [
    route(
      {
        method: 'post',
        path: '/centralists',
        tag: 'centralists',
        summary: 'Add a centralist and make their SIP account',
        body: NewCentralist,
        status: 201,
        answer: { [JSON_TYPE]: Account },
        errors: [409, 415],
      },
      async ({ body }): Promise<z.infer<typeof Account>> => {
        const { centralist, server, transport } = await desk.add(body);
        const { sipUsername: username, sipPassword: password } = centralist;
        return { ...answerOf(centralist), sip: { username, password, server, transport } };
      },
    ),
    route(
      {
        method: 'get',
        path: '/centralists',
        tag: 'centralists',
        summary: 'All centralists, and whether their softphones are registered',
        answer: { [JSON_TYPE]: z.array(Listed) },
      },
      async (): Promise<z.infer<typeof Listed>[]> =>
        (await desk.list()).map(({ centralist, registered }) => ({ ...answerOf(centralist), registered })),
    ),
  ];
}

function answerOf({ id, name, extension, createdAt }: Centralist): CentralistAnswer {
  return { id, name, extension, createdAt };
}
