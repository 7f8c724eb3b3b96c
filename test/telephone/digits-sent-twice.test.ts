import { expect } from 'chai';
import type { E164 } from '../../src/domain/phone-number.js';
import type { Call } from '../../src/ports/call.js';
import { prompt, type PromptName } from '../../src/domain/messages.js';
import type { InboundCall } from '../../src/domain/tip.js';
import { timesHeard, toneMarked } from '../../src/phonenet/index.js';
import type { Adapter } from './support/adapter.js';
import {
  callTipLine,
  dialogOf,
  startBareTrunk,
  TIP_LINE,
  type AnsweredCall,
  type BareTrunk,
} from './support/bare-trunk.js';
import { reachable } from './support/citizens.js';
import { pressesAfter } from './support/durations.js';
import { eventually } from './support/eventually.js';
import { startExchange, type Exchange } from './support/exchange.js';
import type { Dialog, SipPeer } from './support/sip-peer.js';

const BODIES = ['dtmf-relay', 'dtmf'] as const;
const KEY_MS = 100;
/** Pressed last, by RFC 4733 alone. When this key arrives, every key before it has arrived. */
const LAST = '#';
const LATE_MS = 15_000;
const SOON_MS = 30_000;

/** The way in which a gateway signals the keys that are pressed. */
interface Gateway {
  readonly name: string;
  /** ms from the press of a key to its RFC 4733 event; undefined for no event. */
  readonly events?: number;
  /** ms from the press of a key to its SIP INFO; undefined for no INFO. */
  readonly info?: number;
  readonly body?: (typeof BODIES)[number];
  /** The duration that the INFO declares, ms. */
  readonly declares?: number;
}

const SENT_ONCE: readonly Gateway[] = [
  { name: 'RFC 4733 alone', events: 0 },
  { name: 'SIP INFO alone (dtmf-relay)', info: 0, body: 'dtmf-relay' },
  { name: 'SIP INFO alone (dtmf)', info: 0, body: 'dtmf' },
  { name: 'SIP INFO alone, with a duration longer than the press', info: 0, body: 'dtmf-relay', declares: 250 },
];
/** ms from the beginning of the RFC 4733 event, which ends after the 100 ms of the key. */
const INFO_AFTER_MS = [0, 60, 100, 120, 200, 400];
const SENT_TWICE: readonly Gateway[] = [
  ...BODIES.flatMap((body) =>
    INFO_AFTER_MS.map((info) => ({ name: `RFC 4733 and, ${info} ms later, ${body}`, events: 0, info, body })),
  ),
  { name: 'dtmf-relay and, 300 ms later, RFC 4733', events: 300, info: 0, body: 'dtmf-relay' },
];

/** The keys that are typed, and the time between the release of a key and the next press. */
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

/**
 * Types keys one after another. Each INFO leaves at its own time, whether or not the last one was answered.
 */
const typesKeys = async (dialog: Dialog, gateway: Gateway, keys: string, gapMs: number): Promise<void> => {
  const began = performance.now();
  const momentOf = (ms: number): Promise<void> => pressesAfter(began + ms - performance.now());
  const { events, info, body = 'dtmf', declares = KEY_MS } = gateway;
  const all = [...keys].map((key, index) => ({ key, pressed: index * (KEY_MS + gapMs) }));
  const byEvents = async (): Promise<void> => {
    for (const { key, pressed } of events === undefined ? [] : all) {
      await momentOf(pressed + (events ?? 0));
      await dialog.press(key, KEY_MS);
    }
  };
  const byInfo = all.map(async ({ key, pressed }) => {
    if (info === undefined) return;
    await momentOf(pressed + info);
    expect((await dialog.info(key, body, declares)).status).to.equal(200);
  });
  await Promise.all([byEvents(), ...byInfo]);
};

describe('keys that are sent by RFC 4733, by SIP INFO or by both', function () {
  this.timeout(120_000);
  let trunk: BareTrunk;
  let adapter: Adapter;
  let operator: SipPeer;

  before(async () => {
    trunk = await startBareTrunk({ copies: true });
    ({ adapter, operator } = trunk);
  });
  after(() => trunk.stop());

  /** The keys that reached the controller, up to the last one. */
  const taken = async (call: Call): Promise<string> => {
    for (let keys = ''; ;) {
      const key = await call.digit({ timeoutMs: LATE_MS });
      if (key === undefined) throw new Error(`only ${keys} arrived`);
      if (key === LAST) return keys;
      keys += key;
    }
  };
  const typeAndHangUp = async (
    { call, dialog }: AnsweredCall,
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

  it('count once in an alert, at the prompt and at the offer to repeat the message', async () => {
    const answering = operator.answersNext();
    const alert = adapter.telephony.placeAlert({
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
    const { steps } = await alert.ended;
    expect(steps.map(({ step }) => step)).to.deep.equal(['prompt', 'message', 'replay']);
  });

  for (const { keys, gapMs } of TYPED)
    it(`count once when all RFC 4733 packets arrive late and at once: ${keys}, ${gapMs} ms apart`, async () => {
      const { call, dialog } = await callTipLine(adapter, operator);
      dialog.pressLate(keys, gapMs);
      await dialog.press(LAST);
      expect(await taken(call)).to.equal(keys);
      await dialog.hangUp();
      await call.ended;
    });

  for (const gateway of [...SENT_ONCE, ...SENT_TWICE])
    it(`count once: ${gateway.name}`, async () => {
      const calls = [];
      for (const typed of TYPED) calls.push({ ...(await callTipLine(adapter, operator)), typed });
      const got = await Promise.all(calls.map(({ typed, ...call }) => typeAndHangUp(call, gateway, typed)));
      expect(got).to.deep.equal(TYPED.map(({ keys }) => keys));
    });
});

describe('keys that are sent by RFC 4733 and by SIP INFO, in the whole service', function () {
  this.timeout(120_000);
  const WITHHELD = '0612349101';
  const gateway: Gateway = { name: 'both', events: 0, info: 120, body: 'dtmf-relay' };
  /** By how much the INFO comes after the RFC 4733 event of the same key. */
  const INFO_LATE_MS = [120, 400];
  let exchange: Exchange;
  /** A centralist with a softphone, both registered. */
  const registered = async (): Promise<{ readonly id: number; readonly peer: SipPeer }> => {
    const account = await exchange.centralist();
    const peer = await exchange.peer(account);
    expect(await peer.register(300)).to.equal(200);
    return { id: account.centralist.id, peer };
  };

  before(async () => {
    exchange = await startExchange();
  });
  after(() => exchange.stop());

  const hasHeard = async (peer: SipPeer, name: PromptName, ms = Infinity, times = 1): Promise<void> => {
    const sound = (await exchange.samples(prompt(name))).slice(0, ms * 8);
    await eventually(() => timesHeard(peer.heard(), sound) >= times || undefined, SOON_MS, `${name} is heard`);
  };
  /** Resolves when the beginning of a prompt has been heard. A key pressed now stops the prompt. */
  const hearsBegin = (peer: SipPeer, name: PromptName, times = 1): Promise<void> => hasHeard(peer, name, 1_500, times);
  const reachedIn = async (citizen: string, postcode: string, centralistId: number): Promise<number> => {
    const id = await exchange.draft(postcode, { text: 'Gezocht: een kat.' }, { centralistId });
    await exchange.service.services.actions.start(id, { anyway: true });
    await exchange.calledOut(id);
    expect(exchange.attemptsTo(id, citizen).map(({ outcome }) => outcome)).to.deep.equal(['confirmed']);
    return id;
  };
  const inbound = (fits: (row: InboundCall) => boolean): Promise<InboundCall> =>
    eventually(() => exchange.service.services.tips.calls({}).find(fits), SOON_MS, 'the row of the call');

  it('admit a caller by their personal code', async () => {
    const participantId = exchange.participant(WITHHELD, '8471AB');
    await exchange.network.setCitizens([reachable(WITHHELD)]);
    const { account } = await exchange.desk({ type: 'no_answer' });
    const id = await exchange.draft('8471', { text: 'Gezocht: een kat.' }, { centralistId: account.centralist.id });
    await exchange.service.services.actions.start(id, { anyway: true });
    await exchange.calledOut(id);

    const caller = await exchange.peer();
    const anonymous = { fromValue: '"Anonymous" <sip:anonymous@anonymous.invalid>' };
    const dialog = dialogOf(await caller.invite({ user: TIP_LINE, ...anonymous }));
    await hasHeard(caller, 'tip-withheld');
    await typesKeys(dialog, gateway, exchange.service.services.participants.code(participantId), 80);
    const row = await inbound((one) => one.from === null && one.actionId !== null);
    expect(row).to.include({ actionId: id, participantId });
    await dialog.hangUp();
    await inbound((one) => one.id === row.id && one.result !== null);
  });

  it('admit a centralist by the PIN', async () => {
    const account = await exchange.centralist();
    const pin = '11225';
    exchange.service.services.centralists.setPin(account.centralist.id, pin);
    const softphone = await exchange.peer(account);
    expect(await softphone.register(120)).to.equal(200);
    const dialog = dialogOf(await softphone.invite({ user: '*20' }));
    await hasHeard(softphone, 'desk-pin');
    await typesKeys(dialog, gateway, `${pin}#`, 80);
    await hasHeard(softphone, 'desk-speak');
    await dialog.hangUp();
  });

  for (const late of INFO_LATE_MS)
    it(`choose one of two actions once on the tip line, and do not begin a recording: INFO ${late} ms later`, async () => {
      const citizen = `061234911${INFO_LATE_MS.indexOf(late)}`;
      const postcode = `848${INFO_LATE_MS.indexOf(late)}`;
      exchange.participant(citizen, `${postcode}AB`);
      await exchange.network.setCitizens([reachable(citizen)]);
      const [older, newer] = [await registered(), await registered()];
      await reachedIn(citizen, postcode, older.id);
      const id = await reachedIn(citizen, postcode, newer.id);
      const answering = newer.peer.answersNext();

      const caller = await exchange.peer();
      const dialog = dialogOf(await caller.invite({ user: TIP_LINE, fromValue: `<sip:${citizen}@127.0.0.1>` }));
      await hearsBegin(caller, 'tip-choose');
      // Key 1 also records a tip, as soon as the caller waits in the queue.
      await typesKeys(dialog, { ...gateway, info: late }, '1', 0);
      const desk = await answering;
      const row = await inbound((one) => one.actionId === id && one.connectedAt !== null);
      expect(row).to.include({ reason: 'reached_several', recordingId: null, centralistId: newer.id });
      await desk.hangUp();
      await inbound((one) => one.id === row.id && one.result === 'connected');
      await dialog.over;
    });

  it('start an action with *20: every menu gets each key once', async () => {
    const account = await exchange.centralist();
    const [first, second, elsewhere] = ['0612349130', '0612349131', '0612349132'];
    exchange.participant(first, '8491AB');
    exchange.participant(second, '8455AB');
    exchange.participant(elsewhere, '8499AB');
    await exchange.network.setCitizens([first, second, elsewhere].map(reachable));
    const softphone = await exchange.peer(account);
    expect(await softphone.register(120)).to.equal(200);
    const dialog = dialogOf(await softphone.invite({ user: '*20' }));
    const types = (keys: string): Promise<void> => typesKeys(dialog, gateway, keys, 80);
    await hearsBegin(softphone, 'desk-pin');
    await types(`${account.pin}#`);
    await hasHeard(softphone, 'desk-speak');
    await hasHeard(softphone, 'beep');
    await dialog.speak(toneMarked([480, 1140, 2100, 480, 1140, 2100]));
    await types('#');
    await hearsBegin(softphone, 'desk-keep');
    await types('1');
    await hearsBegin(softphone, 'desk-area');
    await types('8491#');
    await hearsBegin(softphone, 'desk-area-more');
    await types('8455#');
    await hearsBegin(softphone, 'desk-area-more', 2);
    await types('#');
    await hearsBegin(softphone, 'desk-kind');
    await types('1');
    await hearsBegin(softphone, 'desk-criteria');
    await types('1');
    await hearsBegin(softphone, 'desk-start');
    await types('1');
    await hasHeard(softphone, 'desk-started');
    await dialog.over;
    const { actions } = exchange.service.services;
    const [action, ...more] = actions.list().filter(({ centralistId }) => centralistId === account.centralist.id);
    expect(more).to.deep.equal([]);
    expect(action?.area.parts).to.have.length(2);
    const { counts } = await exchange.calledOut(action?.id ?? 0);
    expect(counts, 'people in both areas').to.include({ selected: 2, confirmed: 2 });
    for (const wrong of ['desk-wrong-key', 'desk-area-wrong', 'desk-nobody'] as const)
      expect(timesHeard(softphone.heard(), await exchange.samples(prompt(wrong))), wrong).to.equal(0);
  });
});
