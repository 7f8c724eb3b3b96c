import { expect } from 'chai';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { startAdapter, type Adapter } from '../telephone/support/adapter.js';
import { ringsLaterBy } from '../telephone/support/durations.js';
import { eventually } from '../telephone/support/eventually.js';
import type { SipPeer } from '../telephone/support/sip-peer.js';
import { startSipp } from '../telephone/support/sipp.js';

const A_SECOND = 200;
const SECONDS = 4;
/** In this time more calls arrive than there are lines. */
const BLOCKED_MS = 1_500;
const REACHED = '0612345678';
/** More than the calls of one test, because on a busy machine they may all be up at once. */
const CALLS_AT_ONCE = 3_000;
/** Limit for a busy machine. On an idle machine the wait is about 10 ms (`npm run bench -- tipline`). */
const LONGEST_WAIT_MS = 10_000;

/** Calls the tip line, from another number each time, and expects 486. */
const STRANGER = `<send retrans="500"><![CDATA[
INVITE sip:08000011@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:0900[call_number]@[local_ip]>;tag=[call_number]
To: <sip:08000011@[remote_ip]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:stranger@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 9 RTP/AVP 8
]]></send>
<recv response="100" optional="true"/>
<recv response="486"/>
<send><![CDATA[
ACK sip:08000011@[remote_ip]:[remote_port] SIP/2.0
[last_Via:]
From: <sip:0900[call_number]@[local_ip]>;tag=[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>`;

/** Counts calls, not messages: a refusal is sent again until it is acknowledged (RFC 3261 17.2.1). */
function callsRefused(messages: string): number {
  return new Set([...messages.matchAll(/^SIP\/2\.0 486.*?^Call-ID: (\S+)/gms)].map(([, callId]) => callId)).size;
}

describe(`${A_SECOND} strangers a second at the tip line`, function () {
  this.timeout(60_000);
  let adapter: Adapter;
  let peer: SipPeer;
  let refused: number;
  let arrived: number[];

  before(async () => {
    adapter = await startAdapter({ callsAtOnce: CALLS_AT_ONCE });
    peer = await adapter.peer();
    adapter.telephony.onIncoming((incoming) => {
      if (incoming.from === REACHED) arrived.push(performance.now());
      else refused += 1;
      void incoming.refuse();
    });
  });
  beforeEach(() => {
    refused = 0;
    arrived = [];
  });
  after(() => adapter.stop());

  /** Starts the calls. SIPp ends without an error only when each call got its 486, and no call a 503. */
  const startCalls = async (calls: number): Promise<{ readonly finished: Promise<string> }> =>
    startSipp({
      scenario: STRANGER,
      port: await freePort('127.0.0.1'),
      target: `${adapter.pair.sip.host}:${adapter.pair.sip.port}`,
      calls,
      rate: A_SECOND,
    });

  it('are each refused as busy, and do not delay the call of a reached participant', async () => {
    const calls = A_SECOND * SECONDS;
    const { finished } = await startCalls(calls);
    let over = false;
    const end = (): void => void (over = true);
    finished.then(end, end);
    const waits: number[] = [];
    while (!over) {
      const before = arrived.length;
      const at = performance.now();
      const { response } = await peer.invite({ user: '08000011', from: REACHED });
      expect(response.status).to.equal(486);
      waits.push((arrived[before] ?? Infinity) - at);
      await ringsLaterBy(100);
    }
    const messages = await finished;
    expect(refused).to.equal(calls);
    expect(callsRefused(messages)).to.equal(calls);
    expect(waits.length).to.be.greaterThan(SECONDS);
    expect(Math.max(...waits), `waits: ${waits.map(Math.round).join(' ')}`).to.be.lessThan(LONGEST_WAIT_MS);
  });

  it('wait, and are refused, when the event loop of the controller is blocked', async () => {
    const calls = 1.5 * A_SECOND;
    const { finished } = await startCalls(calls);
    await eventually(() => refused > 0 || undefined, LONGEST_WAIT_MS, 'the first calls');
    for (const until = performance.now() + BLOCKED_MS; performance.now() < until;);
    await finished;
    expect(refused).to.equal(calls);
  });
});
