import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { within } from '../lib/within.js';

/** A connection to Asterisk's manager interface, for orders alone: no event is asked for, so none is made. */
export interface Ami {
  send(fields: Readonly<Record<string, string>>): void;
  /** Orders that were refused so far. */
  readonly refused: number;
  close(): void;
}

const CONNECT_MS = 20_000;

/** One order as the wire carries it. */
export function amiMessage(fields: Readonly<Record<string, string>>): string {
  return `${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
}

/**
 * Connects, logs in and waits until Asterisk has loaded everything: the manager listens before it can make calls. Throws
 * when that takes too long or `ended` says so.
 */
export async function connectAmi(
  at: { readonly host: string; readonly port: number; readonly username: string; readonly secret: string },
  ended: () => boolean,
): Promise<Ami> {
  const deadline = performance.now() + CONNECT_MS;
  let socket: Socket | undefined;
  while (!socket) {
    if (ended() || performance.now() > deadline) throw new Error('the manager interface does not listen');
    socket = await tryConnect(at.host, at.port);
    if (!socket) await pause(50);
  }
  const state = { refused: 0, tail: '' };
  const connection = socket;
  connection.setEncoding('latin1');
  const booted = new Promise<void>((resolve, reject) => {
    connection.on('data', (piece: string) => {
      const lines = (state.tail + piece).split('\r\n');
      state.tail = lines.pop() ?? '';
      for (const line of lines) {
        if (line === 'Event: FullyBooted') resolve();
        if (line !== 'Response: Error') continue;
        state.refused++;
        reject(new Error('the manager interface refuses the login'));
      }
    });
    connection.once('close', () => {
      reject(new Error('the manager interface hung up'));
    });
    connection.on('error', reject);
  });
  const send: Ami['send'] = (fields) => void connection.write(amiMessage(fields), 'latin1');
  send({ Action: 'Login', Username: at.username, Secret: at.secret, Events: 'system' });
  try {
    await within(CONNECT_MS, booted, 'Asterisk did not finish its start');
    // From here on nobody listens, so Asterisk makes no events.
    send({ Action: 'Events', EventMask: 'off' });
  } catch (error) {
    connection.destroy();
    throw error;
  }
  return {
    send,
    get refused() {
      return state.refused;
    },
    close: () => {
      connection.destroy();
    },
  };
}

function tryConnect(host: string, port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, noDelay: true });
    socket.once('error', () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
