const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Whether the peer of a request is a program on this machine: the client itself, or a proxy. */
export const isLoopback = (address: string | undefined): boolean => address !== undefined && LOOPBACK.has(address);
