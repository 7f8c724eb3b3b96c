import { expect } from 'chai';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { freePort } from '../../../../src/adapters/asterisk/process/ports-free.js';
import { SIP_TAP_HOST, SipTap } from '../../../../src/adapters/asterisk/sip/sip-tap.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { FakeLog } from '../../../support/fake-log.js';
import { ACK, REFUSED, REFUSED_CALL_ID, refusal, TRYING } from './hep-packets.js';

describe('SIP tap', () => {
  let port: number;
  let log: FakeLog;
  let clock: FakeClock;
  let tap: SipTap;
  let asterisk: Socket;

  beforeEach(async () => {
    port = await freePort(SIP_TAP_HOST);
    log = new FakeLog();
    clock = new FakeClock();
    tap = new SipTap({ port, clock, log });
    asterisk = createSocket('udp4');
  });

  afterEach(() => {
    tap.close();
    asterisk.close();
  });

  /** Resolves when the packets are in the kernel, before the tap has read them. */
  const send = async (...packets: readonly Buffer[]): Promise<void> => {
    await Promise.all(
      packets.map(
        (packet) =>
          new Promise<void>((resolve, reject) => {
            asterisk.send(packet, port, SIP_TAP_HOST, (error) => {
              if (error) reject(error);
              else resolve();
            });
          }),
      ),
    );
  };

  it('gives the Retry-After of the refused call, not of another call', async () => {
    await tap.open();
    await send(TRYING, REFUSED, ACK, refusal('503 x', ['Retry-After: 30'], { callId: 'other' }));
    expect(await tap.retryAfterOf('other')).to.equal(30);
    expect(await tap.retryAfterOf(REFUSED_CALL_ID)).to.equal(1);
    expect(clock.pending, 'timers').to.equal(0);
  });

  it('waits for the copy of a refusal that comes after the end of its call', async () => {
    await tap.open();
    const retryAfters = [REFUSED_CALL_ID, 'other'].map((callId) => tap.retryAfterOf(callId));
    await send(REFUSED);
    expect(await retryAfters[0]).to.equal(1);
    await send(refusal('503 x', [], { callId: 'other' }));
    expect(await retryAfters[1], 'a refusal without Retry-After').to.equal(undefined);
    expect(clock.pending, 'timers').to.equal(0);
  });

  it('waits half a second at most, and not again until another copy comes', async () => {
    await tap.open();
    const asked = tap.retryAfterOf('lost');
    await clock.advance(499);
    expect(clock.pending, 'it waits').to.equal(1);
    await clock.advance(1);
    expect(await asked).to.equal(undefined);
    expect(await tap.retryAfterOf('lost')).to.equal(undefined);
    await send(TRYING, REFUSED);
    // The copy that was sent last is also read last.
    await send(refusal('503 x', ['Retry-After: 30'], { callId: 'other' }));
    while (clock.pending === 0) {
      void tap.retryAfterOf('nobody');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await tap.retryAfterOf('other')).to.equal(30);
  });

  it('ends every wait when it is closed', async () => {
    await tap.open();
    const asked = tap.retryAfterOf('lost');
    tap.close();
    expect(await asked).to.equal(undefined);
    expect(clock.pending, 'timers').to.equal(0);
  });

  it('finds the refusal behind other copies in the queue of the socket', async () => {
    await tap.open();
    await send(...Array.from({ length: 60 }, () => TRYING), REFUSED);
    expect(await tap.retryAfterOf(REFUSED_CALL_ID)).to.equal(1);
  });

  it('knows no Retry-After when its port is in use, and logs that once', async () => {
    const other = createSocket('udp4').bind(port, SIP_TAP_HOST);
    await once(other, 'listening');
    try {
      await tap.open();
      expect(await tap.retryAfterOf(REFUSED_CALL_ID)).to.equal(undefined);
      expect(log.said('warn')).to.have.length(1);
      expect(log.lines[0]?.fields).to.include({ port });
    } finally {
      other.close();
    }
  });

  it('knows no Retry-After after it is closed, and frees its port', async () => {
    await tap.open();
    tap.close();
    tap.close();
    expect(await tap.retryAfterOf(REFUSED_CALL_ID)).to.equal(undefined);
    const again = new SipTap({ port, clock: new FakeClock(), log });
    await again.open();
    again.close();
    expect(log.said('warn')).to.deep.equal([]);
  });
});
