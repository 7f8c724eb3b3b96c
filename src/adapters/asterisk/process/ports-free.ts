import { createSocket } from 'node:dgram';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Whether no program listens on this port, by UDP or TCP. */
export async function portFree(host: string, port: number): Promise<boolean> {
  return (await tcpFree(host, port)) && (await udpFree(host, port));
}

/** Below the range of ephemeral ports, so that no outgoing connection takes the port by chance. */
const LOWEST = 10_000;
const HIGHEST = 19_999;
const TRIES = 100;

/** A port on which no program listens now, by UDP or TCP. */
export async function freePort(host: string): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (await portFree(host, port)) return port;
  }
  throw new Error(`no free port from ${LOWEST} to ${HIGHEST} on ${host}`);
}

function tcpFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, host, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

function udpFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, host, () => {
      socket.close(() => {
        resolve(true);
      });
    });
  });
}
