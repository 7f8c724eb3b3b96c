import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { within } from '../lib/within.js';

/**
 * A connection to Asterisk's manager interface (AMI) that only sends actions. It turns events off, so that
 * Asterisk makes none for it.
 */
export interface Ami {
  send(fields: Readonly<Record<string, string>>): void;
  /** Number of AMI actions that Asterisk has refused so far. */
  readonly refused: number;
  close(): void;
}

const CONNECT_MS = 20_000;

/** One AMI action as text on the wire. */
export function amiMessage(fields: Readonly<Record<string, string>>): string {
  return `${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
}

/**
 * Connects, logs in, and waits until Asterisk has loaded everything, because AMI listens before Asterisk
 * can make calls. Throws when that takes too long, or when `ended` returns true.
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
      reject(new Error('the manager interface closed the connection'));
    });
    connection.on('error', reject);
  });
  const send: Ami['send'] = (fields) => void connection.write(amiMessage(fields), 'latin1');
  send({ Action: 'Login', Username: at.username, Secret: at.secret, Events: 'system' });
  try {
    await within(CONNECT_MS, booted, 'Asterisk did not finish its start');
    // From here on Asterisk makes no events for this connection.
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
