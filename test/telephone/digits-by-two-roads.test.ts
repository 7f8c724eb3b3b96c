import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import type { E164 } from '../../src/domain/phone-number.js';
import type { Call } from '../../src/ports/call.js';
import { prompt, type PromptName } from '../../src/domain/messages.js';
import type { InboundCall } from '../../src/domain/tip.js';
import { timesHeard } from '../../src/phonenet/index.js';
import { eventually, startAdapter, type Adapter } from './support/adapter.js';
import { startExchange, type Exchange } from './support/exchange.js';
import { startPeer, type Dialog, type PeerAccount, type SipPeer } from './support/sip-peer.js';

const HOST = '127.0.0.1';
const BODIES = ['dtmf-relay', 'dtmf'] as const;
const KEY_MS = 100;
/** Pressed after all others, by one road: what came before it is all there is. */
const LAST = '#';
const LATE_MS = 15_000;
const SOON_MS = 30_000;

/** How a gateway says the keys that are pressed. */
interface Gateway {
  readonly name: string;
  /** ms after the key is pressed that its RFC 4733 begins; undefined: it sends none. */
  readonly events?: number;
  /** ms after the key is pressed that its INFO leaves; undefined: it sends none. */
  readonly info?: number;
  readonly body?: (typeof BODIES)[number];
  /** The length that its INFO declares. */
  readonly declares?: number;
}

const BY_ONE_ROAD: readonly Gateway[] = [
  { name: 'RFC 4733 alone', events: 0 },
  { name: 'SIP INFO alone (dtmf-relay)', info: 0, body: 'dtmf-relay' },
  { name: 'SIP INFO alone (dtmf)', info: 0, body: 'dtmf' },
  { name: 'SIP INFO alone, declared longer than the keys are', info: 0, body: 'dtmf-relay', declares: 250 },
];
/** From the beginning of the key by RFC 4733, whose event comes after its 100 ms. */
const INFO_AFTER_MS = [0, 60, 100, 120, 200, 400];
const BY_TWO_ROADS: readonly Gateway[] = [
  ...BODIES.flatMap((body) =>
    INFO_AFTER_MS.map((info) => ({ name: `RFC 4733, and ${info} ms after it ${body}`, events: 0, info, body })),
  ),
  { name: 'dtmf-relay, and 300 ms after it RFC 4733', events: 300, info: 0, body: 'dtmf-relay' },
];

/** What is typed, and for how long no key is pressed between two. */
const TYPED = [
  { keys: '5', gapMs: 60 },
  { keys: '55', gapMs: 50 },
  { keys: '55', gapMs: 60 },
  { keys: '55', gapMs: 100 },
  { keys: '00', gapMs: 80 },
  { keys: '1122', gapMs: 100 },
  { keys: '556', gapMs: 60 },
  { keys: '122*001', gapMs: 80 },
] as const;

/** One after another; each INFO in the order of the keys, whenever the last was answered. */
const typesKeys = async (dialog: Dialog, gateway: Gateway, keys: string, gapMs: number): Promise<void> => {
  const began = performance.now();
  const at = (ms: number): Promise<void> => pause(Math.max(0, began + ms - performance.now()));
  const { events, info, body = 'dtmf', declares = KEY_MS } = gateway;
  const all = [...keys].map((key, index) => ({ key, pressed: index * (KEY_MS + gapMs) }));
  const byEvents = async (): Promise<void> => {
    for (const { key, pressed } of events === undefined ? [] : all) {
      await at(pressed + (events ?? 0));
      await dialog.press(key, KEY_MS);
    }
  };
  const byInfo = all.map(async ({ key, pressed }) => {
    if (info === undefined) return;
    await at(pressed + info);
    expect((await dialog.info(key, body, declares)).status).to.equal(200);
  });
  await Promise.all([byEvents(), ...byInfo]);
};

describe('keys that come by two roads', function () {
  this.timeout(120_000);
  let adapter: Adapter;
  let operator: SipPeer;

  before(async () => {
    const sip = { host: HOST, port: await freePort(HOST) };
    operator = await startPeer(sip);
    adapter = await startAdapter({ sip, trunk: { host: HOST, port: operator.port }, copies: true });
  });
  after(async () => {
    operator.close();
    await adapter.stop();
  });

  const answered = async (): Promise<{ call: Call; dialog: Dialog }> => {
    const inviting = operator.invite({ user: '08000011' });
    const { call } = await adapter.arrivals.incoming.take();
    await call.answer();
    const { dialog } = await inviting;
    if (!dialog) throw new Error('not answered');
    return { call, dialog };
  };
  /** The keys that reached the controller, up to the last. */
  const taken = async (call: Call): Promise<string> => {
    for (let keys = ''; ;) {
      const key = await call.digit({ timeoutMs: LATE_MS });
      if (key === undefined) throw new Error(`only ${keys} came`);
      if (key === LAST) return keys;
      keys += key;
    }
  };
  const count = async (
    { call, dialog }: { readonly call: Call; readonly dialog: Dialog },
    gateway: Gateway,
    { keys, gapMs }: (typeof TYPED)[number],
  ): Promise<string> => {
    await typesKeys(dialog, gateway, keys, gapMs);
    await dialog.press(LAST);
    const got = await taken(call);
    await dialog.hangUp();
    await call.ended;
    return got;
  };

  it('are one in an alert, and one where the message can be heard again', async () => {
    const answering = operator.answersNext();
    const announced = adapter.telephony.placeAlert({
      id: adapter.newId(),
      to: { type: 'trunk', number: '+31612349102' as E164 },
      callerId: { number: '08000011', name: 'Burgernet' },
      ringMs: 10_000,
      maxMs: 120_000,
      subject: 'a test call',
      script: {
        type: 'alert',
        opening: 'alert-prompt',
        message: prompt('tip-transferring'),
        ending: 'ending',
      },
    });
    const dialog = await answering;
    const hears = async (name: PromptName, times: number): Promise<void> => {
      const sound = await adapter.samples(name);
      await eventually(() => timesHeard(operator.heard(), sound) >= times || undefined, SOON_MS, `${name} is heard`);
    };
    const before = timesHeard(operator.heard(), await adapter.samples('ending'));
    const gateway: Gateway = { name: 'both', events: 0, info: 120, body: 'dtmf-relay' };
    await typesKeys(dialog, gateway, '1', 0);
    await hears('ending', before + 1);
    await typesKeys(dialog, gateway, '1', 0);
    await hears('ending', before + 2);
    await dialog.hangUp();
    const { steps: steps } = await announced.ended;
    expect(steps.map(({ step }) => step)).to.deep.equal(['prompt', 'message', 'replay']);
  });

  for (const { keys, gapMs } of TYPED)
    it(`count once by RFC 4733 whose packets come late, all at once: ${keys}, ${gapMs} ms apart`, async () => {
      const { call, dialog } = await answered();
      dialog.pressLate(keys, gapMs);
      await dialog.press(LAST);
      expect(await taken(call)).to.equal(keys);
      await dialog.hangUp();
      await call.ended;
    });

  for (const gateway of [...BY_ONE_ROAD, ...BY_TWO_ROADS])
    it(`count once: ${gateway.name}`, async () => {
      const calls = [];
      for (const typed of TYPED) calls.push({ ...(await answered()), typed });
      const got = await Promise.all(calls.map(({ typed, ...call }) => count(call, gateway, typed)));
      expect(got).to.deep.equal(TYPED.map(({ keys }) => keys));
    });
});

describe('keys that come by two roads, in a whole exchange', function () {
  this.timeout(120_000);
  const WITHHELD = '0612349101';
  const gateway: Gateway = { name: 'both', events: 0, info: 120, body: 'dtmf-relay' };
  let exchange: Exchange;
  const peers: SipPeer[] = [];

  before(async () => {
    exchange = await startExchange();
  });
  after(async () => {
    for (const peer of peers) peer.close();
    await exchange.stop();
  });

  const peerOf = async (account?: PeerAccount): Promise<SipPeer> => {
    const peer = await startPeer(exchange.sip, account);
    peers.push(peer);
    return peer;
  };
  const hasHeard = async (peer: SipPeer, name: PromptName): Promise<void> => {
    const sound = await exchange.samples(prompt(name));
    await eventually(() => timesHeard(peer.heard(), sound) > 0 || undefined, SOON_MS, `${name} is heard`);
  };
  const inbound = (fits: (row: InboundCall) => boolean): Promise<InboundCall> =>
    eventually(() => exchange.service.services.tips.calls({}).find(fits), SOON_MS, 'a row of the call');

  it('let a caller in by their personal code', async () => {
    const participantId = exchange.participant(WITHHELD, '8471AB');
    await exchange.network.setCitizens([
      { number: WITHHELD, persona: 'hangs_up_in_message', answerAfterMs: 100, pressAfterMs: 300, hangUpAfterMs: 400 },
    ]);
    const account = await exchange.centralist();
    const { sipUsername: username, sipPassword: password } = account.centralist;
    await exchange.network.softphone({ username, password, server: account.server }, { type: 'no_answer' });
    const id = await exchange.draft('8471', { text: 'Gezocht: een kat.' }, { centralistId: account.centralist.id });
    await exchange.service.services.actions.start(id, { anyway: true });
    await exchange.calledOut(id);

    const caller = await peerOf();
    const anonymous = { fromValue: '"Anonymous" <sip:anonymous@anonymous.invalid>' };
    const { dialog } = await caller.invite({ user: '08000011', ...anonymous });
    if (!dialog) throw new Error('not answered');
    await hasHeard(caller, 'tip-withheld');
    await typesKeys(dialog, gateway, exchange.service.services.participants.code(participantId), 80);
    const row = await inbound((one) => one.from === null && one.actionId !== null);
    expect(row).to.include({ actionId: id, participantId });
    await dialog.hangUp();
    await inbound((one) => one.id === row.id && one.result !== null);
  });

  it('let a centralist in by the PIN', async () => {
    const account = await exchange.centralist();
    const pin = '11225';
    exchange.service.services.desk.setPin(account.centralist.id, pin);
    const { sipUsername: username, sipPassword: password } = account.centralist;
    const softphone = await peerOf({ username, password });
    expect(await softphone.register(120)).to.equal(200);
    const { dialog } = await softphone.invite({ user: '*20' });
    if (!dialog) throw new Error('not answered');
    await hasHeard(softphone, 'desk-pin');
    await typesKeys(dialog, gateway, `${pin}#`, 80);
    await hasHeard(softphone, 'desk-speak');
    await dialog.hangUp();
  });
});
