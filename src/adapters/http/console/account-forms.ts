import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { SoftphoneAccount } from '../../../app/services.js';
import { addressOf } from '../origin.js';
import { check } from '../plain-issues.js';
import { provisioningLink } from '../routes/provisioning.js';
import { IdParams } from '../schemas.js';
import { when } from './format.js';
import { frameOf } from './frame.js';
import { render, type ConsoleParts, type PageView } from './page.js';
import { centralistInPath } from './pages/centralists.js';
import { problemWords } from './warning-words.js';

/** Forms about accounts answer with a page, not a redirect, because the page shows a secret once. */

const NewCentralist = z.object({
  name: z.string().trim().min(1).max(80),
  extension: z
    .string()
    .trim()
    .regex(/^\d{2,6}$/),
  pin: z
    .string()
    .trim()
    .regex(/^(\d{4,8})?$/)
    .default(''),
});

/** The provisioning link of a softphone, as a page shows it. */
interface LinkWords {
  readonly url: string;
  readonly qr: string;
  readonly until: string;
}

/** The settings for a softphone that is set up by hand. */
interface SipWords {
  readonly username: string;
  readonly password: string;
  readonly server: string;
  readonly transport: string;
}

type Answer = (req: Request, res: Response) => Promise<PageView>;

const send =
  (answer: Answer): RequestHandler =>
  async (req, res) => {
    const { view, data, status = 200 } = await answer(req, res);
    res.status(status).type('html').send(render(view, data));
  };

/** Adds a centralist. Shows the password, PIN and QR code, or the form again with its errors. */
export function addCentralist(parts: ConsoleParts): RequestHandler {
  return send(async (req, res) => {
    try {
      const { pin, ...input } = check(NewCentralist, req.body ?? {}, 'form');
      const account = await parts.services.centralists.add(pin === '' ? input : { ...input, pin });
      const link = await linkWords(parts, req, account.centralist.id);
      const title = `Toestel van ${account.centralist.name}`;
      const data = { ...(await frameOf(parts, { req, res, title })), ...account, sip: sipWords(account), link };
      return { view: 'account', data };
    } catch (error) {
      const words = problemWords(error);
      if (!words) throw error;
      const frame = await frameOf(parts, { req, res, title: 'Nieuwe centralist' });
      const values = { name: '', extension: '', pin: '', ...(req.body as object) };
      const data = { ...frame, values, problems: words.fields, problem: words.text };
      return { view: 'new-centralist', status: words.status, data };
    }
  });
}

/** Makes a new provisioning link for a softphone, and shows its QR code. */
export function makeLink(parts: ConsoleParts): RequestHandler {
  return send(async (req, res) => {
    const frame = await frameOf(parts, { req, res, title: 'Toestel instellen', here: pageOf(req) });
    const one = centralistInPath(frame, req.params);
    return {
      view: 'centralist',
      data: { ...frame, one, link: await linkWords(parts, req, one.id), pin: null, sip: null },
    };
  });
}

/** Makes a new PIN, and shows it. */
export function makePin(parts: ConsoleParts): RequestHandler {
  return send(async (req, res) => {
    const frame = await frameOf(parts, { req, res, title: 'Nieuwe pincode', here: pageOf(req) });
    const one = centralistInPath(frame, req.params);
    const pin = parts.services.centralists.setPin(check(IdParams, req.params, 'path').id, undefined);
    return { view: 'centralist', data: { ...frame, one, link: null, pin, sip: null } };
  });
}

/** Makes a new account for a softphone, and shows it. The old account no longer works. */
export function makePassword(parts: ConsoleParts): RequestHandler {
  return send(async (req, res) => {
    const account = await parts.services.centralists.newAccount(check(IdParams, req.params, 'path').id);
    const frame = await frameOf(parts, { req, res, title: 'Nieuw wachtwoord', here: pageOf(req) });
    const link = await linkWords(parts, req, account.centralist.id);
    const data = { ...frame, one: centralistInPath(frame, req.params), link, pin: null, sip: sipWords(account) };
    return { view: 'centralist', data };
  });
}

const sipWords = ({ centralist, server, transport }: SoftphoneAccount): SipWords => ({
  username: centralist.sipUsername,
  password: centralist.sipPassword,
  server,
  transport: transport.toUpperCase(),
});

/** The page of the centralist in the request's path. */
const pageOf = (req: Request): string => `/console/centralists/${String(req.params['id'])}`;

async function linkWords(parts: ConsoleParts, req: Request, id: number): Promise<LinkWords> {
  const { url, qr, expiresAt } = await provisioningLink(parts, id, parts.publicUrl ?? addressOf(req));
  return { url, qr, until: when(expiresAt, parts.clock.now()) };
}
