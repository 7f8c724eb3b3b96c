import type { Request } from 'express';

/** Where a request comes from, and where we are for who sends it: also behind a proxy that speaks TLS for us. */

/** The address of this server as who asks knows it, without a slash at the end: `https://meldkamer.example`. */
export function addressOf(req: Request): string {
  return `${isSecure(req) ? 'https' : 'http'}://${hostOf(req)}`;
}

/** Over TLS, here or at the proxy before us. Only who asks can say so wrongly, and only to themselves. */
export function isSecure(req: Request): boolean {
  return req.secure || firstOf(req.get('x-forwarded-proto')) === 'https';
}

/**
 * Whether a browser sent this from a page of ours. A page elsewhere cannot set these headers: `Sec-Fetch-Site` (Fetch
 * Metadata, W3C), or `Origin` where the browser leaves that out, as it does without TLS. A request with neither does not
 * come from a page.
 */
export function isSameOrigin(req: Request): boolean {
  const site = req.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = req.get('origin');
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === new URL(addressOf(req)).host;
}

function hostOf(req: Request): string {
  const host = firstOf(req.get('x-forwarded-host')) ?? req.get('host') ?? '';
  return URL.canParse(`http://${host}`) ? host : 'localhost';
}

const firstOf = (header: string | undefined): string | undefined => header?.split(',')[0]?.trim().toLowerCase();
