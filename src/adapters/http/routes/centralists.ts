import { z } from 'zod';
import { TRANSPORTS, type CentralistView, type SoftphoneAccount } from '../../../app/services.js';
import type { Centralist } from '../../../ports/stores.js';
import { PAGE_FIELDS, sendList } from '../listing.js';
import { route, type HttpParts, type Route } from '../route.js';
import { IdParams, JSON_TYPE, Time } from '../schemas.js';

const Pin = z.string().regex(/^\d{4,8}$/, 'must be 4 to 8 digits');

const NewCentralist = z
  .strictObject({
    name: z.string().trim().min(1).max(80),
    extension: z.string().regex(/^\d{2,6}$/, 'must be 2 to 6 digits'),
    pin: Pin.optional().describe(
      'the centralist dials it before starting an action by telephone; made by the service when left out',
    ),
  })
  .meta({ id: 'NewCentralist' });

const CentralistAnswer = z
  .object({ id: z.int(), name: z.string(), extension: z.string(), createdAt: Time })
  .meta({ id: 'Centralist' });
type CentralistAnswer = z.infer<typeof CentralistAnswer>;

const AccountAnswer = CentralistAnswer.extend({
  sip: z.object({
    username: z.string(),
    password: z.string().describe('shown only in this response'),
    server: z.string(),
    transport: z.enum(TRANSPORTS),
  }),
}).meta({ id: 'SoftphoneAccount' });
const Removed = z.object({ id: z.int(), removed: z.literal(true) }).meta({ id: 'RemovedCentralist' });

const Account = AccountAnswer.extend({
  pin: z.string().describe('shown only in this response'),
}).meta({ id: 'CentralistAccount' });

const Listed = CentralistAnswer.extend({
  registered: z.boolean().describe('the softphone is registered now'),
  onDuty: z.boolean().describe('takes tips'),
  engaged: z.boolean().describe('the softphone rings, or the centralist is in a call'),
  fault: z.string().optional().describe('why the softphone cannot register: it has no account'),
}).meta({ id: 'ListedCentralist' });
type Listed = z.infer<typeof Listed>;

const Duty = z.strictObject({ onDuty: z.boolean() }).meta({ id: 'Duty' });
const NewPin = z.strictObject({ pin: Pin.optional() }).meta({ id: 'NewPin' });
const PinAnswer = z.object({ pin: z.string().describe('shown only in this response') }).meta({ id: 'Pin' });

export function centralistRoutes({ services: { centralists } }: HttpParts): Route[] {
  return [
    route(
      {
        method: 'post',
        path: '/centralists',
        tag: 'centralists',
        summary: 'Add a centralist and create their SIP account',
        body: NewCentralist,
        status: 201,
        answer: { [JSON_TYPE]: Account },
        errors: [409, 415],
      },
      async ({ body: { name, extension, pin: given } }): Promise<z.infer<typeof Account>> => {
        const input = given === undefined ? { name, extension } : { name, extension, pin: given };
        const { pin, ...account } = await centralists.add(input);
        return { ...accountOf(account), pin };
      },
    ),
    route(
      {
        method: 'get',
        path: '/centralists',
        tag: 'centralists',
        summary:
          'Centralists with registration of the softphone, duty, and whether they are engaged, oldest first, as a whole or by page',
        query: z.strictObject(PAGE_FIELDS),
        answer: { [JSON_TYPE]: z.array(Listed) },
      },
      ({ query: { page, limit }, req, res }) =>
        sendList(
          { req, res },
          {
            page,
            limit,
            read: (slice) => centralists.list(slice),
            idOf: ({ centralist }) => centralist.id,
            show: (view): Listed => listed(view),
          },
        ),
    ),
    route(
      {
        method: 'put',
        path: '/centralists/:id/duty',
        tag: 'centralists',
        summary: 'Put a centralist on duty or off duty; off duty they get no tips',
        params: IdParams,
        body: Duty,
        answer: { [JSON_TYPE]: Listed },
        errors: [404, 415],
      },
      async ({ params, body }): Promise<Listed> => listed(await centralists.setDuty(params.id, body.onDuty)),
    ),
    route(
      {
        method: 'post',
        path: '/centralists/:id/password',
        tag: 'centralists',
        summary: 'Create a new account and password for a softphone; the old account is void at once',
        params: IdParams,
        answer: { [JSON_TYPE]: AccountAnswer },
        errors: [404],
      },
      async ({ params }): Promise<z.infer<typeof AccountAnswer>> => accountOf(await centralists.newAccount(params.id)),
    ),
    route(
      {
        method: 'delete',
        path: '/centralists/:id',
        tag: 'centralists',
        summary: 'Remove a centralist; their softphone account and PIN are void at once',
        params: IdParams,
        answer: { [JSON_TYPE]: Removed },
        errors: [404],
      },
      async ({ params }): Promise<z.infer<typeof Removed>> => {
        await centralists.remove(params.id);
        return { id: params.id, removed: true };
      },
    ),
    route(
      {
        method: 'post',
        path: '/centralists/:id/pin',
        tag: 'centralists',
        summary: 'Set a new PIN for a centralist; made by the service when left out',
        params: IdParams,
        body: NewPin,
        answer: { [JSON_TYPE]: PinAnswer },
        errors: [404, 415],
      },
      ({ params, body }): z.infer<typeof PinAnswer> => ({ pin: centralists.setPin(params.id, body.pin) }),
    ),
  ];
}

function listed({ centralist, registered, engaged, fault }: CentralistView): Listed {
  const answer = { ...answerOf(centralist), registered, onDuty: centralist.onDuty, engaged };
  return fault === undefined ? answer : { ...answer, fault };
}

function accountOf({ centralist, server, transport }: SoftphoneAccount): z.infer<typeof AccountAnswer> {
  const { sipUsername: username, sipPassword: password } = centralist;
  return { ...answerOf(centralist), sip: { username, password, server, transport } };
}

function answerOf({ id, name, extension, createdAt }: Centralist): CentralistAnswer {
  return { id, name, extension, createdAt };
}
