import { readFileSync } from 'node:fs';

/*
 * UDP sockets of other processes on 127.0.0.1, as the kernel lists them (proc(5), /proc/net/udp). Binding a
 * port to find out whether it is taken would take it from the process under test.
 */

/** Whether a process has bound this port. */
export const isBound = (port: number): boolean => lineOf(port) !== undefined;

/** Whether the process that has bound this port has read every packet that was sent to it. */
export function hasReadAll(port: number): boolean {
  const [, unread = '0'] = /^\s*\d+: \S+ \S+ \S+ [0-9A-F]+:([0-9A-F]+)/.exec(lineOf(port) ?? '') ?? [];
  return Number.parseInt(unread, 16) === 0;
}

function lineOf(port: number): string | undefined {
  const address = ` 0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  return readFileSync('/proc/net/udp', 'utf8')
    .split('\n')
    .find((line) => line.includes(address));
}
