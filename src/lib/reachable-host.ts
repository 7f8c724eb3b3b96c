import { networkInterfaces } from 'node:os';

/**
 * The address at which others reach this machine. For "all addresses": the first of the machine's own
 * addresses.
 */
export function reachableHost(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return host;
  const family = host === '::' ? 'IPv6' : 'IPv4';
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((address) => !address.internal && address.family === family);
  return own?.address ?? (family === 'IPv6' ? '::1' : '127.0.0.1');
}

/** The host as written before a port: an IPv6 address in brackets (RFC 3986 3.2.2). */
export const bracketedHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);
