import { z } from 'zod';
import { linphoneConfig } from '../linphone-config.js';
import { addressOf } from '../origin.js';
import { qrSvg } from '../qr.js';
import { route, type HttpParts, type Route } from '../route.js';
import { IdParams, JSON_TYPE, Time } from '../schemas.js';

const ProvisioningAnswer = z
  .object({
    url: z.string().describe('works once, and gives anybody who opens it the account with its password'),
    expiresAt: Time,
    qr: z.string().describe('the url as a QR code in SVG'),
  })
  .meta({ id: 'Provisioning' });
export type ProvisioningAnswer = z.infer<typeof ProvisioningAnswer>;

const TokenParams = z.object({ token: z.string().max(200) });

/** Path of the links that set softphones up. */
export const PROVISIONING_PATH = '/api/v1/provisioning';

/** Makes a link that sets a softphone up. `address`: our own address, with which the link begins. */
export async function provisioningLink(
  { services: { centralists } }: Pick<HttpParts, 'services'>,
  id: number,
  address: string,
): Promise<ProvisioningAnswer> {
  const { token, expiresAt } = centralists.provisioning(id);
  const url = `${address}${PROVISIONING_PATH}/${token}`;
  return { url, expiresAt, qr: await qrSvg(url) };
}

export function provisioningRoutes(parts: HttpParts): Route[] {
  return [
    route(
      {
        method: 'post',
        path: '/centralists/:id/provisioning',
        tag: 'centralists',
        summary: 'Create a link, also as a QR code, that sets Linphone up; it works once, for 15 minutes',
        params: IdParams,
        answer: { [JSON_TYPE]: ProvisioningAnswer },
        errors: [404],
      },
      ({ params, req }): Promise<ProvisioningAnswer> =>
        provisioningLink(parts, params.id, parts.publicUrl ?? addressOf(req)),
    ),
  ];
}

/** For a softphone, whose only token is the one in its link. */
export function provisionRoute({ services: { centralists }, srtp = false }: HttpParts): Route {
  return route(
    {
      method: 'get',
      path: '/provisioning/:token',
      tag: 'centralists',
      summary: 'The account behind a provisioning link, in the format of Linphone; works once',
      open: true,
      params: TokenParams,
      answer: { 'application/xml': z.string() },
      errors: [404],
    },
    ({ params, req, res }) => {
      // A HEAD request only checks whether the link exists, so it must not use the link up.
      if (req.method === 'HEAD') return void res.status(405).setHeader('Allow', 'GET').end();
      res.type('application/xml').send(linphoneConfig(centralists.provision(params.token), srtp));
      return undefined;
    },
  );
}
