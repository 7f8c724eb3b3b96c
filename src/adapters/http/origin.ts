import type { Request } from 'express';

/** The origin of a request, and our address as the client sees it, even behind a proxy with TLS. */

/** Our address as the client sees it, without a slash at the end: `https://meldkamer.example`. */
export function addressOf(req: Request): string {
  return `${isSecure(req) ? 'https' : 'http'}://${hostOf(req)}`;
}

/** Whether TLS is used, here or at a proxy. A client that forges the header deceives only itself. */
export function isSecure(req: Request): boolean {
  return req.secure || firstOf(req.get('x-forwarded-proto')) === 'https';
}

/**
 * Whether a browser sent the request from one of our pages. A page elsewhere cannot set these headers:
 * `Sec-Fetch-Site` (Fetch Metadata, W3C), or `Origin` where the browser leaves the first out, as it does
 * without TLS. A request with neither header does not come from a page.
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
