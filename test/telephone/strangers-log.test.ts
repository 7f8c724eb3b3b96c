import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findAsterisk } from '../../scripts/lib/asterisk-root.mjs';
import { startOwnAsterisk, type OwnAsterisk } from '../../src/adapters/asterisk/process/asterisk-process.js';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { isAlive } from '../../src/lib/is-alive.js';
import { createPinoLog } from '../../src/adapters/log/pino-log.js';
import { eventually } from './support/eventually.js';
import { ownOptions } from './support/pair.js';
import { hasReadAll } from './support/udp-socket.js';

const HOST = '127.0.0.1';
const WAIT_MS = 30_000;
const head = (method: string, rest: string): string =>
  `${method} sip:+31612345678@h SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK#\r\n` +
  `From: <sip:+31612345678@a>;tag=1\r\nTo: <sip:b@a>\r\nCall-ID: #\r\n${rest}\r\n`;

/** The packets of strangers, each sent a thousand times; `#` is another number each time. */
const PACKETS: Readonly<Record<string, string>> = {
  'no SIP at all': 'garbage 0612345678\r\n\r\n',
  'a Via that cannot be read': 'INVITE sip:+31612345678@h SIP/2.0\r\nVia: broken\r\n\r\n',
  'no CSeq': head('INVITE', 'Content-Length: 0\r\n'),
  'a CSeq that is too large': head('INVITE', 'CSeq: 99999999999 INVITE\r\nContent-Length: 0\r\n'),
  'a CSeq of another method': head('INVITE', 'CSeq: 1 BYE\r\nContent-Length: 0\r\n'),
  'a body that is not SDP': `${head('INVITE', 'CSeq: 1 INVITE\r\nContent-Type: application/sdp\r\nContent-Length: 9\r\n')}v=0\r\nzz=1`,
  'OPTIONS of nobody': head('OPTIONS', 'CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n'),
  'REGISTER of nobody': head('REGISTER', 'CSeq: 1 REGISTER\r\nContact: <sip:x@192.0.2.1>\r\nContent-Length: 0\r\n'),
  'BYE of no call': head('BYE', 'CSeq: 1 BYE\r\nContent-Length: 0\r\n'),
  'an answer to nothing': `SIP/2.0 200 OK\r\n${head('X', 'CSeq: 1 INVITE\r\nContent-Length: 0\r\n').split('\r\n').slice(1).join('\r\n')}`,
  'nothing but letters': `${'x'.repeat(60_000)}`,
};
const TIMES = 1_000;
const CONNECTIONS = 100;

describe("Asterisk's log under packets from strangers", function () {
  this.timeout(120_000);
  let folder: string;
  let asterisk: OwnAsterisk;
  let sip: { host: string; port: number };
  let start: (largestFileBytes?: number) => Promise<OwnAsterisk>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bn-strangers-'));
    sip = { host: HOST, port: await freePort(HOST) };
    const trunk = { host: '127.0.0.9', port: await freePort(HOST) };
    const ports = { sip, trunk, rtp: { from: 21_000, to: 21_099 } };
    const options = ownOptions(folder, ports, createPinoLog({ level: 'error' }));
    start = (largestFileBytes) =>
      startOwnAsterisk({ ...options, ...(largestFileBytes === undefined ? {} : { largestFileBytes }) });
  });

  afterEach(async () => {
    await asterisk.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const logs = (): string[] => readdirSync(join(folder, 'log'));
  const bytes = (): number => logs().reduce((sum, name) => sum + statSync(join(folder, 'log', name)).size, 0);
  const messages = (): string => readFileSync(join(folder, 'log', 'messages.log'), 'utf8');

  const untilRead = (): Promise<true> =>
    eventually(() => hasReadAll(sip.port) || undefined, WAIT_MS, 'Asterisk to read the packets', 2);
  const send = async (packet: string, times: number): Promise<void> => {
    const socket = createSocket('udp4');
    for (let n = 0; n < times; n += 1) {
      const text = packet.replaceAll('#', String(Math.random()).slice(2));
      await new Promise((resolve) => socket.send(text, sip.port, HOST, resolve));
      // Sends no faster than Asterisk reads, because a dropped packet proves nothing.
      if (n % 20 === 0) await untilRead();
    }
    await untilRead();
    socket.close();
  };

  const connectAndSend = (packet: string): Promise<unknown> => {
    const socket = connect({ port: sip.port, host: HOST });
    socket.on('error', () => undefined);
    socket.end(packet.replaceAll('#', String(Math.random()).slice(2)));
    socket.resume();
    // Asterisk keeps some connections open, to wait for the rest of the message.
    socket.setTimeout(500, () => socket.destroy());
    return once(socket, 'close');
  };

  /** Expects that Asterisk still answers. */
  const answers = async (): Promise<void> => {
    const response = await fetch(`${asterisk.address.httpUrl}/ari/asterisk/ping`, {
      headers: { authorization: asterisk.address.authorization },
    });
    expect(response.status).to.equal(200);
  };

  const command = async (words: string): Promise<void> => {
    const program = await findAsterisk();
    if (!program) throw new Error('no Asterisk');
    const args = [...program.args, '-C', join(folder, 'etc', 'asterisk.conf'), '-rx', words];
    await promisify(execFile)(program.command, args, { env: { ...process.env, ...program.env } });
  };

  it('does not grow, by UDP or by TCP, and contains no telephone number of a packet', async () => {
    asterisk = await start();
    const before = bytes();
    for (const [what, packet] of Object.entries(PACKETS)) {
      await send(packet, packet.length > 10_000 ? 50 : TIMES);
      for (let n = 0; n < CONNECTIONS; n += 10)
        await Promise.all(Array.from({ length: 10 }, () => connectAndSend(packet)));
      await answers();
      expect(bytes() - before, what).to.be.below(10_000);
    }
    expect(messages()).not.to.match(/612345678/);
  });

  it('is rotated within a bound, without a controller, when each packet is logged all the same', async () => {
    const largest = 256 * 1024;
    asterisk = await start(largest);
    await command('pjproject set log level 2');
    let sent = 0;
    await eventually(
      async () => {
        await send(PACKETS['a Via that cannot be read'] ?? '', TIMES);
        sent += TIMES;
        expect(bytes(), `after ${sent} packets: ${logs().join(' ')}`).to.be.below(5 * largest);
        return logs().includes('messages.log.2') && sent > 10 * TIMES ? true : undefined;
      },
      2 * WAIT_MS,
      'three rotations',
    );
    await answers();
    expect(logs()).not.to.include('messages.log.3');
    expect(statSync(join(folder, 'log', 'messages.log')).size).to.be.at.most(largest);
  });

  it('survives three crashes of Asterisk', async () => {
    asterisk = await start();
    await command('pjproject set log level 2');
    await send(PACKETS['a Via that cannot be read'] ?? '', 3);
    await eventually(() => messages().includes('Via') || undefined, WAIT_MS, 'a line in the log');
    const last = messages();
    for (let crash = 0; crash < 3; crash += 1) {
      process.kill(asterisk.pid, 'SIGSEGV');
      await eventually(() => !isAlive(asterisk.pid) || undefined, WAIT_MS, 'the end of Asterisk');
      asterisk = await start();
    }
    expect(messages()).to.satisfy((text: string) => text.startsWith(last));
  });
});
