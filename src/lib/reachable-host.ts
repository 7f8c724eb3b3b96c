import { networkInterfaces } from 'node:os';

/** The address that others reach us at: the host itself, or for "all addresses" the first of this machine's own. */
export function reachableHost(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return host;
  const family = host === '::' ? 'IPv6' : 'IPv4';
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((address) => !address.internal && address.family === family);
  return own?.address ?? (family === 'IPv6' ? '::1' : '127.0.0.1');
}
