import { expect } from 'chai';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { freePort } from '../../../../src/adapters/asterisk/process/ports-free.js';
import { SIP_TAP_HOST, SipTap } from '../../../../src/adapters/asterisk/sip/sip-tap.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { FakeLog } from '../../../support/fake-log.js';
import { ACK, REFUSED, REFUSED_CALL_ID, refusal, TRYING } from '../hep-packets.js';

describe('the tap of SIP messages', () => {
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

  /** Resolves when they lie in the kernel; nobody has read them then. */
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

  it('tells what the refusal of a call asked for, of that call alone', async () => {
    await tap.open();
    await send(TRYING, REFUSED, ACK, refusal('503 x', ['Retry-After: 30'], { callId: 'other' }));
    expect(await tap.retryAfterOf('other')).to.equal(30);
    expect(await tap.retryAfterOf(REFUSED_CALL_ID)).to.equal(1);
    expect(clock.pending, 'timers').to.equal(0);
  });

  it('waits for the copy that comes after the end of the call, not for those of other calls', async () => {
    await tap.open();
    const asked = [REFUSED_CALL_ID, 'other'].map((callId) => tap.retryAfterOf(callId));
    await send(REFUSED);
    expect(await asked[0]).to.equal(1);
    await send(refusal('503 x', [], { callId: 'other' }));
    expect(await asked[1], 'a refusal that says nothing').to.equal(undefined);
    expect(clock.pending, 'timers').to.equal(0);
  });

  it('waits half a second at most, and not again until something is heard', async () => {
    await tap.open();
    const asked = tap.retryAfterOf('lost');
    await clock.advance(499);
    expect(clock.pending, 'it waits').to.equal(1);
    await clock.advance(1);
    expect(await asked).to.equal(undefined);
    expect(await tap.retryAfterOf('lost')).to.equal(undefined);
    await send(TRYING, REFUSED);
    // The last copy sent is the last one read.
    await send(refusal('503 x', ['Retry-After: 30'], { callId: 'other' }));
    while (clock.pending === 0) {
      void tap.retryAfterOf('nobody');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await tap.retryAfterOf('other')).to.equal(30);
  });

  it('lets nobody wait when it is closed', async () => {
    await tap.open();
    const asked = tap.retryAfterOf('lost');
    tap.close();
    expect(await asked).to.equal(undefined);
    expect(clock.pending, 'timers').to.equal(0);
  });

  it('finds it behind other messages that wait to be read', async () => {
    await tap.open();
    await send(...Array.from({ length: 60 }, () => TRYING), REFUSED);
    expect(await tap.retryAfterOf(REFUSED_CALL_ID)).to.equal(1);
  });

  it('tells nothing when its port is taken, and says so once', async () => {
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

  it('tells nothing after it was closed, and gives its port back', async () => {
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
