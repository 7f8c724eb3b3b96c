import { expect } from 'chai';
import { toneMarked } from '../../src/phonenet/index.js';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import type { Call } from '../../src/ports/call.js';
import { eventually, startAdapter, type Adapter } from './support/adapter.js';
import { startPeer, type Dialog, type SipPeer } from './support/sip-peer.js';

const HOST = '127.0.0.1';
/** In place of the 10 s of the service. */
const COUNT_MS = 1_000;
/** Without a packet: four counts. */
const ASKED_MS = 4 * COUNT_MS;
/** No answer within 64 times T1 of 200 ms, neither to the request nor to the BYE after it. */
const NO_ANSWER_MS = 2 * 12_800;
const LATE_MS = 15_000;
const TAKES_UPDATE = [['Allow', 'INVITE, ACK, BYE, CANCEL, UPDATE']] as const;
const TAKES_NONE = [['Allow', 'INVITE, ACK, BYE, CANCEL']] as const;

/** Telephones without a session timer that send no packets, and are there: what they take, and how they answer. */
const THERE = [
  ['takes UPDATE', TAKES_UPDATE, 'UPDATE', '200 OK'],
  ['takes no UPDATE', TAKES_NONE, 'INVITE', '200 OK'],
  ['does not say what it takes', [], 'INVITE', '200 OK'],
  ['says that it takes UPDATE, and does not (405)', TAKES_UPDATE, 'UPDATE', '405 Method Not Allowed'],
  ['says that it takes UPDATE, and does not (501)', TAKES_UPDATE, 'UPDATE', '501 Not Implemented'],
  ['refuses a new offer (488)', TAKES_NONE, 'INVITE', '488 Not Acceptable Here'],
  ['refuses a new offer (403)', TAKES_NONE, 'INVITE', '403 Forbidden'],
  ['cannot now (500)', TAKES_UPDATE, 'UPDATE', '500 Server Internal Error'],
  ['asks for a password (407)', TAKES_NONE, 'INVITE', '407 Proxy Authentication Required'],
  ['has something else under way (491)', TAKES_UPDATE, 'UPDATE', '491 Request Pending'],
  ['is not found (404)', TAKES_UPDATE, 'UPDATE', '404 Not Found'],
  ['cannot now (503)', TAKES_NONE, 'INVITE', '503 Service Unavailable'],
] as const;

describe('a far end without a session timer in a conversation', function () {
  this.timeout(120_000);
  let adapter: Adapter;
  let operator: SipPeer;
  const peers: SipPeer[] = [];

  before(async () => {
    const sip = { host: HOST, port: await freePort(HOST) };
    operator = await startPeer(sip);
    peers.push(operator);
    adapter = await startAdapter({ sip, trunk: { host: HOST, port: operator.port }, silenceCountMs: COUNT_MS });
  });
  after(async () => {
    for (const peer of peers) peer.close();
    await adapter.stop();
  });

  /** A caller to the tip line, answered. */
  const caller = async (
    headers: readonly (readonly [string, string])[],
  ): Promise<{ call: Call; dialog: Dialog; peer: SipPeer }> => {
    const peer = await startPeer(adapter.pair.sip);
    peers.push(peer);
    const inviting = peer.invite({ user: '08000011', from: `06876${String(55_000 + peers.length)}`, headers });
    const { call } = await adapter.arrivals.incoming.take();
    await call.answer();
    const { dialog } = await inviting;
    if (!dialog) throw new Error('not answered');
    return { call, dialog, peer };
  };
  const centralist = async (extension: string): Promise<Call> => {
    const account = await adapter.desk(extension);
    const peer = await startPeer(adapter.pair.sip, account);
    peers.push(peer);
    expect(await peer.register(120)).to.equal(200);
    void peer.answersNext();
    return adapter.reach({ username: account.username });
  };
  const asked = (peer: SipPeer): string[] => [
    ...new Set(
      peer.received
        .filter(({ method }) => method === 'INVITE' || method === 'UPDATE')
        .map((one) => `${one.method ?? ''} ${one.header('cseq')}`),
    ),
  ];
  const overWithin = (ended: Promise<unknown>, ms: number): Promise<unknown> => {
    let over = false;
    void ended.then(() => (over = true));
    return eventually(() => over || undefined, ms, 'the end of the call');
  };

  it('that has lost its power is found out, and the centralist is free again', async () => {
    const [{ call, peer }, desk] = [await caller(TAKES_NONE), await centralist('201')];
    const conversation = await adapter.telephony.connect(call, desk);
    peer.inCall = undefined;
    const goneAt = performance.now();
    await overWithin(conversation.ended, ASKED_MS + NO_ANSWER_MS + LATE_MS);
    await overWithin(call.ended, LATE_MS);
    expect(performance.now() - goneAt).to.be.greaterThan(NO_ANSWER_MS);
    expect(desk.signal.aborted).to.equal(false);
    await desk.hangUp();
  });

  it('that takes UPDATE and has lost its power is found out too, as is one that we called', async () => {
    const tip = await caller(TAKES_UPDATE);
    const answering = operator.answersNext();
    const called = await adapter.reach({ number: '+31612345678' });
    await answering;
    tip.peer.inCall = undefined;
    operator.inCall = undefined;
    await Promise.all([tip.call.ended, called.ended].map((end) => overWithin(end, ASKED_MS + NO_ANSWER_MS + LATE_MS)));
    expect(await called.ended).to.include({ by: 'lost', lineDead: true, sipStatus: 408 });
    operator.inCall = '200 OK';
  });

  it('that does not know the call any more (481) is found out at once', async () => {
    for (const headers of [TAKES_NONE, TAKES_UPDATE]) {
      const { call, peer } = await caller(headers);
      peer.inCall = '481 Call/Transaction Does Not Exist';
      await overWithin(call.ended, ASKED_MS + LATE_MS);
    }
  });

  it('that is silent, and there, stays connected, whatever it answers', async () => {
    const silent = [];
    for (const [steps, headers, method, answer] of THERE) {
      const one = await caller(headers);
      one.peer.inCall = answer;
      // Asterisk has no password for a call that came in, and asks no more after 407.
      silent.push({ steps, method, times: answer.startsWith('407') ? 1 : 2, ...one });
    }
    for (const { steps, times, peer } of silent)
      await eventually(
        () => asked(peer).length >= times || undefined,
        12 * COUNT_MS + LATE_MS,
        `${steps}: asked so often`,
      );
    for (const { steps, method, peer, call } of silent) {
      expect(
        asked(peer).map((one) => one.split(' ')[0]),
        steps,
      ).to.satisfy((methods: string[]) => methods.every((one) => one === method));
      expect(call.signal.aborted, steps).to.equal(false);
      peer.inCall = '200 OK';
    }
    await Promise.all(silent.map(({ call }) => call.hangUp()));
  });

  it('that is heard is asked nothing', async () => {
    const { call, dialog, peer } = await caller(TAKES_UPDATE);
    for (let n = 0; n < 8; n++) await dialog.speak(toneMarked([480, 1140, 2100]));
    expect(asked(peer)).to.deep.equal([]);
    await call.hangUp();
  });
});
