import { expect } from 'chai';
import { toneMarked } from '../../src/phonenet/index.js';
import type { Call } from '../../src/ports/call.js';
import type { Adapter } from './support/adapter.js';
import { callTipLine, startBareTrunk, type AnsweredCall, type BareTrunk } from './support/bare-trunk.js';
import { eventually } from './support/eventually.js';
import type { SipPeer } from './support/sip-peer.js';

/** How often this test has packets counted. The service counts them every 10 s. */
const COUNT_MS = 1_000;
/** A far end without media is sent a request after four counts. */
const ASKED_MS = 4 * COUNT_MS;
/** The request and the BYE after it each go without an answer for 64 times T1 of 200 ms. */
const NO_ANSWER_MS = 2 * 12_800;
const LATE_MS = 15_000;
const ALLOWS_UPDATE = [['Allow', 'INVITE, ACK, BYE, CANCEL, UPDATE']] as const;
const NO_UPDATE = [['Allow', 'INVITE, ACK, BYE, CANCEL']] as const;

/**
 * Telephones without a session timer that send no media but are still there: their Allow header, and their
 * answer.
 */
const STILL_THERE = [
  ['allows UPDATE', ALLOWS_UPDATE, 'UPDATE', '200 OK'],
  ['does not allow UPDATE', NO_UPDATE, 'INVITE', '200 OK'],
  ['sends no Allow', [], 'INVITE', '200 OK'],
  ['allows UPDATE, but refuses it (405)', ALLOWS_UPDATE, 'UPDATE', '405 Method Not Allowed'],
  ['allows UPDATE, but does not know it (501)', ALLOWS_UPDATE, 'UPDATE', '501 Not Implemented'],
  ['refuses a new offer (488)', NO_UPDATE, 'INVITE', '488 Not Acceptable Here'],
  ['refuses a new offer (403)', NO_UPDATE, 'INVITE', '403 Forbidden'],
  ['has a server error (500)', ALLOWS_UPDATE, 'UPDATE', '500 Server Internal Error'],
  ['asks for a password (407)', NO_UPDATE, 'INVITE', '407 Proxy Authentication Required'],
  ['has another request pending (491)', ALLOWS_UPDATE, 'UPDATE', '491 Request Pending'],
  ['is not found (404)', ALLOWS_UPDATE, 'UPDATE', '404 Not Found'],
  ['is unavailable (503)', NO_UPDATE, 'INVITE', '503 Service Unavailable'],
] as const;

describe('a far end without a session timer', function () {
  this.timeout(120_000);
  let trunk: BareTrunk;
  let adapter: Adapter;
  let operator: SipPeer;
  before(async () => {
    trunk = await startBareTrunk({ silenceCountMs: COUNT_MS });
    ({ adapter, operator } = trunk);
  });
  after(() => trunk.stop());

  let callers = 0;
  /** A caller with a telephone of their own, whose call to the tip line was answered. */
  const caller = async (
    headers: readonly (readonly [string, string])[],
  ): Promise<AnsweredCall & { readonly peer: SipPeer }> => {
    const peer = await adapter.peer();
    const from = `06876${String(55_000 + ++callers)}`;
    return { ...(await callTipLine(adapter, peer, { from, headers })), peer };
  };
  const centralist = async (extension: string): Promise<Call> => {
    const { peer, username } = await adapter.softphone(extension);
    void peer.answersNext();
    return adapter.reach({ username });
  };
  /** The requests that a telephone was sent in its calls, each once. */
  const probes = (peer: SipPeer): string[] => [
    ...new Set(
      peer.received
        .filter(({ method }) => method === 'INVITE' || method === 'UPDATE')
        .map((one) => `${one.method ?? ''} ${one.header('cseq')}`),
    ),
  ];
  const endsWithin = (ended: Promise<unknown>, ms: number): Promise<unknown> => {
    let over = false;
    void ended.then(() => (over = true));
    return eventually(() => over || undefined, ms, 'the end of the call');
  };

  it('is hung up when it has lost its power, and the centralist is free again', async () => {
    const [{ call, peer }, desk] = [await caller(NO_UPDATE), await centralist('201')];
    const conversation = await adapter.telephony.connect(call, desk);
    peer.inCall = undefined;
    const vanishedAt = performance.now();
    await endsWithin(conversation.ended, ASKED_MS + NO_ANSWER_MS + LATE_MS);
    await endsWithin(call.ended, LATE_MS);
    expect(performance.now() - vanishedAt).to.be.greaterThan(NO_ANSWER_MS);
    expect(desk.signal.aborted).to.equal(false);
    await desk.hangUp();
  });

  it('is hung up when it allows UPDATE and has lost its power, whether it called or was called', async () => {
    const tip = await caller(ALLOWS_UPDATE);
    const answering = operator.answersNext();
    const called = await adapter.reach({ number: '+31612345678' });
    await answering;
    tip.peer.inCall = undefined;
    operator.inCall = undefined;
    await Promise.all([tip.call.ended, called.ended].map((end) => endsWithin(end, ASKED_MS + NO_ANSWER_MS + LATE_MS)));
    expect(await called.ended).to.include({ by: 'lost', lineDead: true, sipStatus: 408 });
    operator.inCall = '200 OK';
  });

  it('is hung up at once when it no longer knows the call (481)', async () => {
    for (const headers of [NO_UPDATE, ALLOWS_UPDATE]) {
      const { call, peer } = await caller(headers);
      peer.inCall = '481 Call/Transaction Does Not Exist';
      await endsWithin(call.ended, ASKED_MS + LATE_MS);
    }
  });

  it('stays connected while it is silent but answers, whatever its answer is', async () => {
    const silent = [];
    for (const [telephone, headers, method, answer] of STILL_THERE) {
      const one = await caller(headers);
      one.peer.inCall = answer;
      // Asterisk has no password for an inbound call, and sends no further request after a 407.
      silent.push({ telephone, method, times: answer.startsWith('407') ? 1 : 2, ...one });
    }
    for (const { telephone, times, peer } of silent)
      await eventually(
        () => probes(peer).length >= times || undefined,
        12 * COUNT_MS + LATE_MS,
        `${telephone}: ${times} requests`,
      );
    for (const { telephone, method, peer, call } of silent) {
      expect(
        probes(peer).map((one) => one.split(' ')[0]),
        telephone,
      ).to.satisfy((methods: string[]) => methods.every((one) => one === method));
      expect(call.signal.aborted, telephone).to.equal(false);
      peer.inCall = '200 OK';
    }
    await Promise.all(silent.map(({ call }) => call.hangUp()));
  });

  it('is sent no request while its media arrive', async () => {
    const { call, dialog, peer } = await caller(ALLOWS_UPDATE);
    for (let n = 0; n < 8; n++) await dialog.speak(toneMarked([480, 1140, 2100]));
    expect(probes(peer)).to.deep.equal([]);
    await call.hangUp();
  });
});
