import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AsteriskTelephony } from '../../src/adapters/asterisk/asterisk-telephony.js';
import type { OwnAsterisk } from '../../src/adapters/asterisk/process/asterisk-process.js';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { prompt } from '../../src/domain/messages.js';
import type { E164 } from '../../src/domain/phone-number.js';
import type { CallEnd } from '../../src/ports/call.js';
import { FakeLog } from '../support/fake-log.js';
import { startOurs } from './support/pair.js';
import { startSipp, type SippRun } from './support/sipp.js';
import { telephonyOf } from './support/telephony.js';

const HOST = '127.0.0.1';
/**
 * Calls at once, so that their answers cross; and calls in a row, as many as a congested trunk refuses in
 * seconds.
 */
const AT_ONCE = 20;
const IN_A_ROW = 200;
const IN_A_ROW_EVERY_MS = 10;

/**
 * Refuses every call. Retry-After has the last two digits of the number as seconds; it is left out for `…00`.
 */
const OPERATOR = `
<recv request="INVITE"><action>
  <ereg regexp="([0-9][0-9])@" search_in="hdr" header="To:" assign_to="all,tail"/>
  <ereg regexp="00@" search_in="hdr" header="To:" assign_to="silent"/>
</action></recv>
<Reference variables="all"/>
<nop next="silent" test="silent"/>
<send retrans="500"><![CDATA[
SIP/2.0 503 Service Unavailable
[last_Via:]
[last_From:]
[last_To:];tag=[pid]SIPpTag01[call_number]
[last_Call-ID:]
[last_CSeq:]
Retry-After: [$tail] (no lines free);duration=60
Content-Length: 0

]]></send>
<recv request="ACK" next="end"/>
<label id="silent"/>
<send retrans="500"><![CDATA[
SIP/2.0 503 Service Unavailable
[last_Via:]
[last_From:]
[last_To:];tag=[pid]SIPpTag01[call_number]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
<recv request="ACK"/>
<label id="end"/>
`;

describe('the Retry-After of an operator', function () {
  this.timeout(60_000);
  let folder: string;
  let ports: Parameters<typeof startOurs>[1];
  let asterisk: OwnAsterisk;
  let telephony: AsteriskTelephony;
  let operator: SippRun;
  let ids = 0;

  const log = new FakeLog();
  const connect = async (sipTapPort?: number): Promise<void> => {
    telephony = telephonyOf('retry-after-', {
      address: asterisk.address,
      recordingsFolder: folder,
      log,
      ...(sipTapPort === undefined ? {} : { sipTapPort }),
    });
    await telephony.open();
  };
  /** Calls the number that ends in these two digits. The refusal of 00 has no Retry-After. */
  const call = async (tail: number): Promise<CallEnd> => {
    const { by, sipStatus, sipReason, cause, retryAfterSeconds } = await telephony.placeAlert({
      id: `retry-after-${++ids}`,
      to: { type: 'trunk', number: `+316123457${String(tail).padStart(2, '0')}` as E164 },
      callerId: { number: '08000011', name: 'Burgernet' },
      ringMs: 10_000,
      maxMs: 20_000,
      script: { type: 'alert', opening: 'alert-prompt', message: prompt('beep'), ending: 'ending' },
      subject: 'retry-after',
    }).ended;
    const facts = { by, sipStatus, sipReason, cause, retryAfterSeconds };
    return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as unknown as CallEnd;
  };
  /** Resolves when the health of the telephony satisfies the condition. */
  const until = (satisfied: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const off = telephony.onHealth(look);
      function look(): void {
        if (!satisfied()) return;
        off();
        resolve();
      }
      look();
    });
  const refused = (retryAfterSeconds?: number): CallEnd => ({
    by: 'them',
    sipStatus: 503,
    sipReason: 'Service Unavailable',
    cause: 34,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bn-retry-after-'));
    const rtp = 20_000 + 2 * Math.floor(Math.random() * 4_000);
    const [sip, trunk] = [await freePort(HOST), await freePort(HOST)].map((port) => ({ host: HOST, port }));
    ports = { sip: sip!, trunk: trunk!, rtp: { from: rtp, to: rtp + 999 } };
    operator = await startSipp({ scenario: OPERATOR, port: trunk!.port, calls: 'any' });
    asterisk = await startOurs(folder, ports, log);
    await connect(asterisk.sipTapPort);
  });

  afterEach(() => telephony.close());

  after(async () => {
    operator.stop();
    await asterisk.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is read for the very call that was refused, when many answers arrive at once', async () => {
    const tails = Array.from({ length: AT_ONCE }, (_, n) => n);
    expect(await Promise.all(tails.map(call))).to.deep.equal(
      tails.map((tail) => refused(tail === 0 ? undefined : tail)),
    );
  });

  it('is read for each of hundreds of calls, also while the event loop of the controller is blocked', async () => {
    const adopted = await startOurs(folder, ports, log);
    expect([adopted.adopted, adopted.pid, adopted.sipTapPort], 'the Asterisk of an earlier controller').to.deep.equal([
      true,
      asterisk.pid,
      asterisk.sipTapPort,
    ]);
    await connect(adopted.sipTapPort);
    const ends: Promise<CallEnd>[] = [];
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        ends.push(call(1 + (ends.length % 99)));
        // Blocks the event loop, so that events and copies of SIP messages pile up.
        if (ends.length % 20 === 0) for (const until = performance.now() + 80; performance.now() < until;);
        if (ends.length < IN_A_ROW) return;
        clearInterval(timer);
        resolve();
      }, IN_A_ROW_EVERY_MS);
    });
    expect(await Promise.all(ends)).to.deep.equal(ends.map((_, n) => refused(1 + (n % 99))));
  });

  it('is read after a restart of Asterisk, on the same port', async () => {
    await connect(asterisk.sipTapPort);
    await asterisk.stop();
    const portBefore = asterisk.sipTapPort;
    asterisk = await startOurs(folder, ports, log);
    expect([asterisk.adopted, asterisk.sipTapPort]).to.deep.equal([false, portBefore]);
    await until(() => telephony.health().asterisk === 'up');
    expect(await call(42)).to.deep.equal(refused(42));
  });

  it('is not known without copies of the SIP messages; the refusal itself is', async () => {
    await connect();
    expect(await call(42)).to.deep.equal(refused());
  });
});
